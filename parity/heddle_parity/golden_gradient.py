"""The golden gradient cases: Flax's vector-Jacobian products, a bundle for each topic.

The cases are those of attention (`golden_attention.case`), run backward.
"""

import numpy as np

from heddle_parity import draw
from heddle_parity.cases import Case
from heddle_parity.golden_attention import DROPOUT, case

TWO = {'num_heads': 2}
SQUARE = {'inputs_q': (2, 4, 6)}
CROSS = {'inputs_q': (2, 4, 6), 'inputs_kv': (2, 7, 5)}
DRAWN = {'modern': 12, 'classic': 8}
HALVES = ('bfloat16', 'float16')


def bundles(era):
  """All of them for an era, by the bundle's name."""
  topics = {
    'dtypes': _dtypes,
    'masks': _masks,
    'dropout': _dropout,
    'shapes': _shapes,
    'options': _options,
    'decoding': _decoding,
    'extremes': _extremes,
    'drawn': _drawn,
  }
  return {f'gradients-{topic}': _named(era, topic, of) for topic, of in topics.items()}


def _named(era, topic, of):
  found = []
  for asked in of(era):
    name = asked.id.removeprefix(f'{era}/attention-')
    info = {**asked.info, 'id': f'{era}/gradients-{topic}/{name}', 'kind': 'gradient'}
    found.append(Case(info, asked.tensors))
  return found


def _dtypes(era):
  for form, inputs in (('self', SQUARE), ('cross', CROSS)):
    yield case(era, f'{form}-f32', f'{form}-attention in float32', TWO, inputs)
    yield case(era, f'{form}-f64', f'{form}-attention in float64',
               {**TWO, 'param_dtype': 'float64'}, inputs, 'float64')
    for dtype in HALVES:
      yield case(era, f'{form}-{dtype}-compute', f'float32 parameters and inputs, {dtype} between',
                 {**TWO, 'dtype': dtype}, inputs)
      yield case(era, f'{form}-{dtype}-all', f'{dtype} everywhere', {**TWO, 'param_dtype': dtype},
                 inputs, dtype)
  for dtype in HALVES:
    yield case(era, f'params-{dtype}', f'{dtype} parameters, float32 inputs',
               {**TWO, 'param_dtype': dtype}, CROSS)
    yield case(era, f'inputs-{dtype}', f'float32 parameters, {dtype} inputs', TWO, CROSS, dtype)
  integers = draw.tensor('q', (2, 4, 6), 'int32', 'gradient')
  yield case(era, 'integers', 'integers have no gradient, the rest does', TWO,
             {'inputs_q': integers, 'inputs_kv': draw.tensor('kv', (2, 7, 5), 'float32', 'g')})
  yield case(era, 'x64-to-float32', 'float64 inputs computed in float32',
             {**TWO, 'dtype': 'float32'}, SQUARE, 'float64')


def _masks(era):
  forms = {'11qk': (1, 1, 4, 7), 'b11k': (2, 1, 1, 7), 'b1qk': (2, 1, 4, 7),
           'bhqk': (2, 2, 4, 7), '1hqk': (1, 2, 4, 7), 'qk': (4, 7), 'k': (7,),
           'b1q1': (2, 1, 4, 1), '1111': (1, 1, 1, 1)}
  for form, shape in forms.items():
    yield case(era, form, f'a mask of shape {list(shape)}', TWO,
               {**CROSS, 'mask': draw.mask(form, shape, 'bool', 'gradient-mask')})
  row = draw.mask('row', (2, 1, 4, 7), 'float32', 'gradient-mask')
  row[0, 0, 2] = 0
  causal = np.tril(np.ones((4, 4), bool))[None, None]
  for dtype in ('float32', 'bfloat16', 'float16', 'float64'):
    config = {**TWO, **({'param_dtype': 'float64'} if dtype == 'float64' else {'dtype': dtype})}
    input_dtype = 'float64' if dtype == 'float64' else 'float32'
    yield case(era, f'row-empty-{dtype}', 'a query without keys: only the values learn from it',
               config, {**CROSS, 'mask': row}, input_dtype)
    yield case(era, f'all-empty-{dtype}', 'no query has a key: only the values learn',
               config, {**CROSS, 'mask': np.zeros((2, 1, 4, 7), bool)}, input_dtype)
    yield case(era, f'causal-{dtype}', 'a causal mask', config, {**SQUARE, 'mask': causal}, input_dtype)


def _dropout(era):
  rate = {**TWO, 'dropout_rate': 0.4}
  mask = draw.mask('dropout', (2, 1, 4, 7), 'bool', 'gradient-mask')
  for broadcast in (True, False):
    name = 'one' if broadcast else 'each'
    config = {**rate, 'broadcast_dropout': broadcast}
    yield case(era, name, f'dropout, broadcast {broadcast}', config, SQUARE, **DROPOUT)
    yield case(era, f'{name}-mask', f'dropout and a mask, broadcast {broadcast}', config,
               {**CROSS, 'mask': mask}, **DROPOUT)
  for dtype in HALVES:
    yield case(era, dtype, f'dropout in {dtype}', {**rate, 'dtype': dtype}, SQUARE, **DROPOUT)
  yield case(era, 'float64', 'dropout in float64', {**rate, 'param_dtype': 'float64'}, SQUARE,
             'float64', **DROPOUT)
  yield case(era, 'most', 'nine of ten dropped, for every batch and head',
             {**TWO, 'dropout_rate': 0.9, 'broadcast_dropout': False}, CROSS, **DROPOUT)
  yield case(era, 'off', 'dropout that is off', rate, SQUARE, call={'deterministic': True})
  if era == 'modern':
    yield case(era, 'own-key', "the caller's own dropout key", rate, SQUARE,
               **{**DROPOUT, 'apply': {}, 'call': {'deterministic': False, 'dropout_rng': 11}})


def _shapes(era):
  for batch in ((), (1,), (2, 3), (0,)):
    yield case(era, f'batch-{"x".join(map(str, batch)) or "none"}', f'batch dimensions {batch}',
               TWO, {'inputs_q': (*batch, 4, 6)})
  for q, k in ((1, 7), (7, 1), (1, 1), (0, 4)):
    yield case(era, f'cross-{q}-{k}', f'{q} queries, {k} keys of another width', TWO,
               {'inputs_q': (2, q, 6), 'inputs_kv': (2, k, 3)})
  yield case(era, 'heads-6', 'six heads of depth 1', {'num_heads': 6}, SQUARE)
  yield case(era, 'qkv-features', 'projections wider than the input',
             {**TWO, 'qkv_features': 12}, SQUARE)
  yield case(era, 'out-features', 'an output of another width', {**TWO, 'out_features': 5}, SQUARE)
  yield case(era, 'keys-300', 'more keys than one tile of 256', {'num_heads': 1},
             {'inputs_q': (1, 3, 2), 'inputs_kv': (1, 300, 2)})
  keys = draw.tensor('inputs_kv', (1, 4100, 1), 'float16', 'gradient').astype(np.float32)
  yield case(era, 'keys-4100', 'more keys than one span of 4096', {'num_heads': 1},
             {'inputs_q': (1, 2, 1), 'inputs_kv': keys})
  yield case(era, 'queries-300', 'more queries than a tile has keys', {'num_heads': 1},
             {'inputs_q': (1, 300, 2), 'inputs_kv': (1, 3, 2)})
  if era == 'modern':
    yield case(era, 'no-keys', 'no keys at all: the last bias alone learns', TWO,
               {'inputs_q': (2, 4, 6), 'inputs_kv': (2, 0, 5)})


def _options(era):
  yield case(era, 'use-bias', 'no biases', {**TWO, 'use_bias': False}, CROSS)
  yield case(era, 'bias-init', 'biases that are not zero',
             {**TWO, 'bias_init': {'name': 'normal', 'stddev': 0.2}}, CROSS)
  for name in ('explicit_default', 'from_weights', 'relu_linear', 'biased'):
    yield case(era, f'function-{name.replace("_", "-")}', "a user's own attention function",
               {**TWO, 'attention_fn': f'parity:{name}'}, CROSS)
  mask = draw.mask('options', (2, 1, 4, 7), 'bool', 'gradient-mask')
  yield case(era, 'function-biased-mask', 'a bias that learns, and a mask',
             {**TWO, 'attention_fn': 'parity:biased'}, {**CROSS, 'mask': mask})
  for name in ('qkv', 'out'):
    yield case(era, f'{name}-dot-general', 'a replaced contraction',
               {**TWO, f'{name}_dot_general': 'parity:twice'}, SQUARE)
  yield case(era, 'precision', 'precision changes nothing on a CPU',
             {**TWO, 'precision': 'highest'}, SQUARE)
  yield case(era, 'self-attention', 'SelfAttention takes one array', TWO, SQUARE,
             cls='SelfAttention')
  yield case(era, 'mutable', 'parameters that come back', TWO, SQUARE,
             apply={'mutable': ['params']})
  if era == 'modern':
    yield from _modern(era)


def _modern(era):
  normal = {**TWO, 'normalize_qk': True}
  for dtype in ('float32', *HALVES):
    yield case(era, f'normalize-{dtype}', 'LayerNorm of query and key', {**normal, 'dtype': dtype},
               CROSS)
  yield case(era, 'normalize-float64', 'LayerNorm of query and key in float64',
             {**normal, 'param_dtype': 'float64'}, CROSS, 'float64')
  yield case(era, 'normalize-depth-1', 'LayerNorm over a depth of 1 gives zeros',
             {'num_heads': 6, 'normalize_qk': True}, SQUARE)
  yield case(era, 'normalize-depth-2', 'LayerNorm over a depth of 2, where its sums cancel',
             {'num_heads': 3, 'normalize_qk': True}, SQUARE)
  for dtype in HALVES:
    yield case(era, f'fp32-softmax-{dtype}', f'softmax in float32, {dtype} besides',
               {**TWO, 'param_dtype': dtype, 'force_fp32_for_softmax': True}, CROSS, dtype)
  yield case(era, 'inputs-k', 'keys of another width; values are the keys', TWO,
             {'inputs_q': (2, 4, 6), 'inputs_k': (2, 7, 5)})
  for dtype in ('float32', 'bfloat16'):
    yield case(era, f'inputs-v-{dtype}', 'keys and values apart, of other widths',
               {**TWO, 'dtype': dtype},
               {'inputs_q': (2, 4, 6), 'inputs_k': (2, 7, 5), 'inputs_v': (2, 7, 3)})
  sown = {'call': {'sow_weights': True}, 'apply': {'mutable': ['intermediates']}}
  yield case(era, 'sow-weights', 'weights sown on the way', TWO, SQUARE, **sown)
  yield case(era, 'sow-weights-dropout', 'weights sown before dropout',
             {**TWO, 'dropout_rate': 0.4}, SQUARE,
             call={'sow_weights': True, 'deterministic': False}, init=DROPOUT['init'],
             apply={'mutable': ['intermediates'], 'rngs': {'dropout': 7}})
  yield case(era, 'einsum-cls', 'replaced contractions of scores and weights',
             {**TWO, 'qk_attn_weights_einsum_cls': 'parity:twice',
              'attn_weights_value_einsum_cls': 'parity:twice'}, SQUARE)
  yield case(era, 'dot-general-cls', 'classes that make the contractions',
             {**TWO, 'qkv_dot_general_cls': 'parity:twice', 'out_dot_general_cls': 'parity:twice'},
             SQUARE)
  yield case(era, 'alias', 'MultiHeadAttention: the same gradients', TWO, SQUARE,
             cls='MultiHeadAttention')


def _decoding(era):
  yield case(era, 'third', 'the third step, of a cache of five', TWO, {'inputs_q': (2, 5, 6)},
             decode=True, steps=3)
  yield case(era, 'first', 'the first step sees itself alone', TWO, {'inputs_q': (2, 4, 6)},
             decode=True, steps=1)
  yield case(era, 'mask', 'a step with a mask of its own', TWO,
             {**SQUARE, 'mask': draw.mask('step', (2, 1, 1, 4), 'bool', 'gradient-mask')},
             decode=True)
  for dtype in HALVES:
    yield case(era, dtype, f'a step in {dtype}', {**TWO, 'param_dtype': dtype}, SQUARE, dtype,
               decode=True)
  if era == 'modern':  # 0.7.2 cannot decode with x64 on
    yield case(era, 'float64', 'a step in float64', {**TWO, 'param_dtype': 'float64'}, SQUARE,
               'float64', decode=True)
    yield case(era, 'normalize', 'a step with LayerNorm of query and key',
               {**TWO, 'normalize_qk': True}, SQUARE, decode=True)


def _extremes(era):
  for dtype in ('float32', *HALVES):
    for stddev in (8.0, 20.0):
      scaled = {'kernel_init': {'name': 'normal', 'stddev': stddev}}
      yield case(era, f'saturated-{dtype}-{stddev:.0f}', 'scores so far apart that one key takes all',
                 {**TWO, **scaled, 'dtype': dtype}, SQUARE)
  yield case(era, 'zeros', 'nothing but zeros: equal weights', {**TWO, 'kernel_init': 'ones'},
             {'inputs_q': np.zeros((2, 4, 6), np.float32)})
  broken = draw.tensor('q', (2, 4, 6), 'float32', 'broken')
  broken[1, 2, 3] = np.nan
  yield case(era, 'nan-query', 'a NaN spoils the gradients of all parameters and its own batch',
             TWO, {'inputs_q': broken})
  masked = case(era, 'nan-key-masked', 'a NaN in a masked key', TWO,
                {'inputs_q': draw.tensor('q', (2, 4, 6), 'float32', 'kept'), 'inputs_kv': broken,
                 'mask': np.array([True, True, False, True]).reshape(1, 1, 1, 4)})
  masked.info['differs'] = 'a masked key of weight 0 adds nothing here, not even NaN'
  yield masked
  yield case(era, 'overflow', 'scores beyond float32', TWO,
             {'inputs_q': draw.tensor('q', (2, 4, 6), 'float32', 'huge') * np.float32(1e20)})


def _drawn(era):
  for i in range(DRAWN[era]):
    drawn = draw.gradient(era, 0, i)
    info = {**drawn.info, 'id': f'{era}/attention-{i:02d}',
            'property': 'a random combination of parameters'}
    yield Case(info, drawn.tensors)
