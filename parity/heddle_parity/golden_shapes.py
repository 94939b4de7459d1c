"""The golden attention cases outside of the grid: masks, batches, lengths, mixed dtypes, extremes."""

import numpy as np

from heddle_parity import draw
from heddle_parity.cases import Case
from heddle_parity.golden_attention import DROPOUT, case

TWO = {'num_heads': 2}
SQUARE = {'inputs_q': (2, 4, 6)}
CROSS = {'inputs_q': (2, 4, 6), 'inputs_kv': (2, 7, 5)}
DRAWN = {'modern': 24, 'classic': 12}


def cases(era):
  """All of them for an era."""
  found = [*_masks(era), *_decode_masks(era), *_shapes(era), *_mixed(era), *_extremes(era),
           *_initializers(era), *_classes(era), *_rngs(era)]
  if era == 'modern':
    found += _modern()
  return found + [_drawn(era, i) for i in range(DRAWN[era])]


def _mask(name, shape, dtype='bool', **changes):
  return draw.mask(name, shape, dtype, 'golden-mask', **changes)


def _masks(era):
  forms = {
      '11qk': ((1, 1, 4, 7), 'for all batches and heads alike'),
      'b11k': ((2, 1, 1, 7), 'padding: for each batch, all queries alike'),
      'b1qk': ((2, 1, 4, 7), 'for each batch, heads alike'),
      'bhqk': ((2, 2, 4, 7), 'for each batch and head'),
      '1hqk': ((1, 2, 4, 7), 'for each head'),
      'qk': ((4, 7), 'of rank 2'),
      '1k': ((1, 7), 'of rank 2, queries alike'),
      'k': ((7,), 'of rank 1'),
      'b1q1': ((2, 1, 4, 1), 'all keys or none'),
      '1111': ((1, 1, 1, 1), 'a single value'),
  }
  for form, (shape, what) in forms.items():
    yield case(era, f'mask-{form}', f'a mask {what}', TWO, {**CROSS, 'mask': _mask(form, shape)})
  for dtype in ('float32', 'int32', 'uint8', 'float16', 'bfloat16'):
    mask = draw.mask('dtypes', (2, 1, 4, 7), 'bool', 'golden-mask').astype(
        draw.tensor('t', (), dtype, '').dtype)
    yield case(era, f'mask-of-{dtype}', f'a mask of {dtype} zeros and ones', TWO,
               {**CROSS, 'mask': mask})
  values = np.array([0.5, -1, 0, -0.0, 2, np.nan, np.inf], np.float32)
  yield case(era, 'mask-values', 'not zero means keep: 0.5, -1, NaN, infinity; -0 is zero', TWO,
             {**CROSS, 'mask': np.broadcast_to(values, (2, 1, 4, 7)).copy()})
  empty_row = _mask('empty-row', (2, 1, 4, 7))
  empty_row[0, 0, 2] = False
  for dtype in ('float32', 'bfloat16', 'float16'):
    yield case(era, f'mask-row-empty-{dtype}', 'a query without keys gets the mean of all values',
               {**TWO, 'dtype': dtype}, {**CROSS, 'mask': empty_row})
    yield case(era, f'mask-all-empty-{dtype}', 'no query has a key: the mean of all values',
               {**TWO, 'dtype': dtype}, {**CROSS, 'mask': np.zeros((2, 1, 4, 7), bool)})
  causal = np.tril(np.ones((4, 4), bool))[None, None]
  for dtype in ('float32', 'bfloat16', 'float16', 'float64'):
    config = {**TWO, **({'param_dtype': 'float64'} if dtype == 'float64' else {'dtype': dtype})}
    yield case(era, f'mask-causal-{dtype}', 'a causal mask', config, {**SQUARE, 'mask': causal},
               'float64' if dtype == 'float64' else 'float32')
  yield case(era, 'mask-dropout', 'a mask and dropout together', {**TWO, 'dropout_rate': 0.5},
             {**CROSS, 'mask': _mask('b1qk', (2, 1, 4, 7))}, **DROPOUT)
  yield case(era, 'mask-unbatched', 'a mask where there is no batch', TWO,
             {'inputs_q': (4, 6), 'mask': _mask('unbatched', (2, 4, 4))})


def _decode_masks(era):
  for batch, name in (((2,), 'b'), ((), 'none'), ((2, 3), 'bb')):
    ones = (1, 1)
    yield case(era, f'decode-mask-{name}', f'decoding with a mask of its own, batch {batch}', TWO,
               {'inputs_q': (*batch, 4, 6), 'mask': _mask(name, (*batch, *ones, 4))}, decode=True)
  yield case(era, 'decode-mask-steps', 'another mask in each step', TWO,
             {**SQUARE, 'mask_steps': _mask('steps', (4, 2, 1, 1, 4), 'float32')}, decode=True)
  yield case(era, 'decode-mask-heads', 'a mask for each head while decoding', TWO,
             {**SQUARE, 'mask': _mask('heads', (2, 2, 1, 4))}, decode=True)
  yield case(era, 'decode-mask-empty', 'no key kept: the mean over the cache, its zeros too', TWO,
             {**SQUARE, 'mask': np.zeros((2, 1, 1, 4), bool)}, decode=True)
  yield case(era, 'decode-half', 'a cache longer than what is decoded', TWO,
             {'inputs_q': (2, 6, 6)}, decode=True, steps=3)
  yield case(era, 'decode-one', 'a cache of length 1', TWO, {'inputs_q': (2, 1, 6)}, decode=True)


def _shapes(era):
  for batch in ((), (1,), (3,), (2, 3), (2, 1, 2), (0,)):
    name = 'x'.join(map(str, batch)) or 'none'
    yield case(era, f'batch-{name}', f'batch dimensions {batch}', TWO, {'inputs_q': (*batch, 4, 6)})
    if batch != (0,):
      yield case(era, f'batch-{name}-decode', f'decoding, batch dimensions {batch}', TWO,
                 {'inputs_q': (*batch, 4, 6)}, decode=True)
  for q, k in ((1, 7), (7, 1), (1, 1), (5, 3), (0, 4)):
    yield case(era, f'cross-{q}-{k}', f'{q} queries, {k} keys of another width', TWO,
               {'inputs_q': (2, q, 6), 'inputs_kv': (2, k, 3)})
  yield case(era, 'cross-bfloat16', 'cross-attention in bfloat16', {**TWO, 'dtype': 'bfloat16'},
             CROSS)
  yield case(era, 'cross-dropout', 'cross-attention with dropout drawn everywhere',
             {**TWO, 'dropout_rate': 0.3, 'broadcast_dropout': False}, CROSS, **DROPOUT)
  yield case(era, 'batches-dropout', 'dropout under three batch dimensions',
             {**TWO, 'dropout_rate': 0.3, 'broadcast_dropout': False},
             {'inputs_q': (2, 1, 2, 3, 6)},
             **DROPOUT)
  yield case(era, 'batches-dropout-broadcast', 'one dropout mask under three batch dimensions',
             {**TWO, 'dropout_rate': 0.3}, {'inputs_q': (2, 1, 2, 3, 6)}, **DROPOUT)
  yield case(era, 'keys-300', 'more keys than one tile of 256', {'num_heads': 1},
             {'inputs_q': (1, 2, 3), 'inputs_kv': (1, 300, 3)})
  keys = draw.tensor('inputs_kv', (1, 4100, 2), 'float16', 'long').astype(np.float32)
  yield case(era, 'keys-4100', 'more keys than one span of 4096', {'num_heads': 1},
             {'inputs_q': (1, 2, 2), 'inputs_kv': keys})
  yield case(era, 'queries-300', 'more queries than a tile has keys', {'num_heads': 1},
             {'inputs_q': (1, 300, 2), 'inputs_kv': (1, 3, 2)})
  yield case(era, 'zeros-are-unset', 'qkv_features and out_features of 0 count as unset',
             {**TWO, 'qkv_features': 0, 'out_features': 0}, SQUARE)


def _mixed(era):
  t = draw.tensor
  for q, kv in (('float32', 'bfloat16'), ('bfloat16', 'float16'), ('int32', 'float32'),
                ('uint8', 'int32'), ('bool', 'bfloat16'), ('float16', 'int32')):
    inputs = {'inputs_q': t('q', (2, 4, 6), q, 'mixed'),
              'inputs_kv': t('kv', (2, 7, 5), kv, 'mixed')}
    for param in ('float32', 'bfloat16'):
      yield case(era, f'dtypes-{q}-{kv}-params-{param}',
                 f'queries of {q}, keys of {kv}, parameters of {param}',
                 {**TWO, 'param_dtype': param}, inputs)
  inputs = {'inputs_q': t('q', (2, 4, 6), 'float64', 'mixed'),
            'inputs_kv': t('kv', (2, 7, 5), 'float32', 'mixed')}
  yield case(era, 'dtypes-float64-input', 'float64 queries, float32 parameters', TWO, inputs,
             x64=True)
  yield case(era, 'dtypes-float64-to-float32', 'float64 inputs computed in float32',
             {**TWO, 'dtype': 'float32'}, inputs, x64=True)
  yield case(era, 'dtypes-float32-to-float64', 'float32 inputs computed in float64',
             {**TWO, 'dtype': 'float64'}, SQUARE, x64=True)
  for broadcast in (True, False):
    yield case(era, f'x64-dropout-{"one" if broadcast else "each"}',
               'x64 draws the dropout of float32 in float64',
               {**TWO, 'dropout_rate': 0.4, 'broadcast_dropout': broadcast}, SQUARE, x64=True,
               **DROPOUT)
  yield case(era, 'x64-plain', 'x64 changes nothing else in float32', TWO, SQUARE, x64=True)
  yield case(era, 'x64-seed', 'a seed of more than 32 bits keeps its high word under x64', TWO,
             SQUARE, x64=True, init={'rngs': {'params': 2**40 + 9}})


def _extremes(era):
  scaled = {'kernel_init': {'name': 'normal', 'stddev': 40.0}}
  for dtype in ('float32', 'bfloat16', 'float16'):
    yield case(era, f'saturated-{dtype}', 'scores so far apart that one key takes all',
               {**TWO, **scaled, 'dtype': dtype}, SQUARE)
  broken = draw.tensor('q', (2, 4, 6), 'float32', 'broken')
  broken[1, 2, 3] = np.nan
  yield case(era, 'nan-query', 'a NaN spoils its own query, and as a key its batch', TWO,
             {'inputs_q': broken})
  masked = case(era, 'nan-key-masked', 'a NaN in a masked key spoils the values only', TWO,
                {'inputs_q': draw.tensor('q', (2, 4, 6), 'float32', 'kept'), 'inputs_kv': broken,
                 'mask': np.array([True, True, False, True]).reshape(1, 1, 1, 4)})
  masked.info['differs'] = 'a masked key of weight 0 adds nothing here, not even NaN'
  yield masked
  huge = draw.tensor('q', (2, 4, 6), 'float32', 'huge') * np.float32(1e20)
  yield case(era, 'overflow', 'scores beyond float32 are infinite, and their rows NaN', TWO,
             {'inputs_q': huge})
  yield case(era, 'zeros', 'nothing but zeros: equal weights',
             {**TWO, 'kernel_init': 'ones'}, {'inputs_q': np.zeros((2, 4, 6), np.float32)})
  yield case(era, 'dropout-tiny', 'a very small rate drops nothing',
             {**TWO, 'dropout_rate': 1e-7}, SQUARE, **DROPOUT)
  yield case(era, 'dropout-most', 'nearly everything dropped',
             {**TWO, 'dropout_rate': 0.99, 'broadcast_dropout': False}, SQUARE, **DROPOUT)
  yield case(era, 'dropout-still', 'a rate, but deterministic at the call',
             {**TWO, 'dropout_rate': 0.4}, SQUARE, call={'deterministic': True})
  yield case(era, 'dropout-zero-both', 'at rate 0 deterministic may be given twice',
             {**TWO, 'deterministic': True}, SQUARE, call={'deterministic': False})


INITIALIZERS = (
    'lecun_normal', 'lecun_uniform', 'glorot_normal', 'glorot_uniform', 'xavier_normal',
    'xavier_uniform', 'he_normal', 'he_uniform', 'kaiming_normal', 'kaiming_uniform', 'orthogonal',
    'ones', 'zeros', 'normal', 'uniform', {'name': 'constant', 'value': 0.3},
    {'name': 'variance_scaling', 'scale': 0.5, 'mode': 'fan_out', 'distribution': 'uniform'})


def _initializers(era):
  for spec in INITIALIZERS:
    name = spec if isinstance(spec, str) else spec['name']
    yield case(era, f'kernel-init-{name.replace("_", "-")}', f'kernels by {name}',
               {**TWO, 'kernel_init': spec}, SQUARE)


def _classes(era):
  yield case(era, 'self-attention', 'SelfAttention takes one array', TWO, SQUARE,
             cls='SelfAttention')
  yield case(era, 'self-attention-mask', 'SelfAttention with mask and dropout',
             {**TWO, 'dropout_rate': 0.3}, {**SQUARE, 'mask': _mask('self', (2, 1, 4, 4))},
             cls='SelfAttention', **DROPOUT)
  yield case(era, 'self-attention-decode', 'SelfAttention decoding', TWO, SQUARE, decode=True,
             cls='SelfAttention')


def _rngs(era):
  for seed in (1, 2**31, 2**32 - 1, -1):
    yield case(era, f'seed-{seed}', f'parameters from seed {seed}', TWO, SQUARE,
               init={'rngs': {'params': seed}})


def _modern():
  era = 'modern'
  yield case(era, 'alias', 'MultiHeadAttention at the top: the same numbers', TWO, SQUARE,
             cls='MultiHeadAttention')
  yield case(era, 'alias-decode', 'MultiHeadAttention decoding', TWO, SQUARE, decode=True,
             cls='MultiHeadAttention')
  yield case(era, 'no-keys', "no keys at all: the last bias", {**TWO, 'out_bias_init': 'ones'},
             {'inputs_q': (2, 4, 6), 'inputs_kv': (2, 0, 5)})
  yield case(era, 'dropout-from-params', 'without a dropout stream the params stream serves',
             {**TWO, 'dropout_rate': 0.4}, SQUARE, call={'deterministic': False},
             init={'rngs': {'params': 4}}, apply={'rngs': {'params': 5}})
  yield case(era, 'sow-mask', 'sown weights under a mask with an empty row', TWO,
             {**CROSS, 'mask': np.zeros((1, 1, 1, 7), bool)}, call={'sow_weights': True},
             apply={'mutable': ['intermediates']})
  yield case(era, 'sow-deaf', 'weights sown where nobody listens', TWO, SQUARE,
             call={'sow_weights': True})
  yield case(era, 'sow-own-function', "a user's function sows through Flax's weights",
             {**TWO, 'attention_fn': 'parity:from_weights'}, SQUARE, call={'sow_weights': True},
             apply={'mutable': ['intermediates']})
  yield case(era, 'normalize-depth-1', 'LayerNorm over a depth of 1 gives zeros',
             {'num_heads': 6, 'normalize_qk': True}, SQUARE)
  yield case(era, 'normalize-depth-2', 'LayerNorm over a depth of 2, where its sums cancel',
             {'num_heads': 3, 'normalize_qk': True}, SQUARE)
  yield case(era, 'normalize-cross-mask', 'normalized cross-attention under a mask',
             {**TWO, 'normalize_qk': True}, {**CROSS, 'mask': _mask('b1qk', (2, 1, 4, 7))})
  yield case(era, 'fp32-softmax-all-bfloat16', 'bfloat16 everywhere, yet a float32 output',
             {**TWO, 'param_dtype': 'bfloat16', 'force_fp32_for_softmax': True}, SQUARE, 'bfloat16')
  yield case(era, 'square-values', 'values that look like a mask are still values', TWO,
             {'inputs_q': (2, 4, 6), 'inputs_k': (2, 6, 5), 'inputs_v': (2, 6, 6)})
  yield case(era, 'values-mixed', 'keys in float16 and values in bfloat16 meet in float32',
             {**TWO, 'param_dtype': 'bfloat16'},
             {'inputs_q': draw.tensor('q', (2, 4, 6), 'bfloat16', 'kv'),
              'inputs_k': draw.tensor('k', (2, 4, 5), 'float16', 'kv'),
              'inputs_v': draw.tensor('v', (2, 4, 3), 'bfloat16', 'kv')})


def _drawn(era, i):
  """Yields random combinations of all arguments, with fixed seeds."""
  drawn = draw.attention(era, 0, i)
  info = {**drawn.info, 'id': f'{era}/attention-drawn-{i:02d}',
          'property': 'a random combination of parameters'}
  return Case(info, drawn.tensors)
