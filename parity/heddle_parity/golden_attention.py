"""The golden attention cases: a grid of every argument, then cases outside of the grid.

They have no outputs yet; `golden` runs the oracle and writes the files.
"""

import numpy as np

from heddle_parity import draw
from heddle_parity.cases import Case

DTYPES = {'float32': 'f32', 'bfloat16': 'bf16', 'float16': 'f16', 'float64': 'f64'}
WAYS = ('compute', 'all', 'params')  # which parts have the 16-bit dtype
DROPOUT = {'call': {'deterministic': False}, 'apply': {'rngs': {'dropout': 7}},
           'init': {'rngs': {'params': 0, 'dropout': 1}}}


class Grid:
  """One row of the grid: an argument, its values, and other settings of the case."""

  def __init__(self, name, what, *values, modern=False, rest=None, call=None, kv=None):
    self.name, self.what, self.values = name, what, values
    self.modern, self.rest, self.call, self.kv = modern, rest or {}, call or {}, kv

  def config(self, i):
    """Returns the i-th value: several arguments where it is a mapping, except of an initializer."""
    value = self.values[i % len(self.values)]
    whole = isinstance(value, dict) and not self.name.endswith('_init')
    return value if whole else {self.name: value}


def _grid():
  rate = {'dropout_rate': 0.4}
  return (
      Grid('dtype', 'nothing but dtypes', {}),
      Grid('num_heads', 'one head, three, six of depth 1', 1, 3, 6),
      Grid('param_dtype', 'parameters of another dtype than the computation',
           {'param_dtype': 'bfloat16'}, {'param_dtype': 'float32'}, {'param_dtype': 'float16'}),
      Grid('qkv_features', 'projections wider than the input', 8, 12),
      Grid('out_features', 'an output of another width', 5, 1),
      Grid('use_bias', 'no biases, no bias parameters', False),
      Grid('kernel_init', 'another kernel initializer', 'xavier_uniform', 'parity:arange',
           {'name': 'variance_scaling', 'scale': 0.7, 'mode': 'fan_avg', 'distribution': 'normal'},
           {'name': 'normal', 'stddev': 0.3}),
      Grid('bias_init', 'biases that are not zero', {'name': 'normal', 'stddev': 0.2}, 'ones',
           'parity:arange', {'name': 'constant', 'value': 0.125}),
      Grid('precision', 'precision changes nothing on a CPU', 'highest', ['default', 'highest'],
           'fastest', 'bfloat16'),
      Grid('attention_fn', "a user's own attention function", 'parity:relu_linear',
           'parity:from_weights', 'parity:explicit_default'),
      Grid('dropout_rate', 'dropout at several rates', 0.25, 0.5, 0.9, rest=DROPOUT),
      Grid('broadcast_dropout', 'dropout drawn for each batch and head',
           {'broadcast_dropout': False, **rate}, {'broadcast_dropout': True, **rate},
           rest=DROPOUT),
      Grid('deterministic', 'deterministic set at construction',
           {'deterministic': True, **rate}, {'deterministic': False, **rate},
           rest={'apply': {'rngs': {'dropout': 3}}, 'init': DROPOUT['init']}),
      Grid('qkv_dot_general', 'replaced contractions of the projections', 'parity:twice'),
      Grid('out_dot_general', 'a replaced contraction at the end', 'parity:twice'),
      Grid('normalize_qk', 'LayerNorm of query and key', True, modern=True),
      Grid('force_fp32_for_softmax', 'softmax in float32', True, modern=True),
      Grid('out_kernel_init', 'an initializer for the last kernel alone', 'parity:arange',
           'xavier_normal', modern=True),
      Grid('out_bias_init', 'an initializer for the last bias alone',
           {'name': 'uniform', 'scale': 1.0}, 'ones', modern=True),
      Grid('einsum_cls', 'replaced contractions of scores and weights',
           {'qk_attn_weights_einsum_cls': 'parity:twice',
            'attn_weights_value_einsum_cls': 'parity:twice'}, modern=True),
      Grid('dot_general_cls', 'classes that make the contractions',
           {'qkv_dot_general_cls': 'parity:twice', 'out_dot_general_cls': 'parity:twice'},
           modern=True),
      Grid('inputs_k', 'keys of another width; values are the keys', {}, modern=True, kv='k'),
      Grid('inputs_v', 'keys and values apart, of other widths', {}, modern=True, kv='kv'),
      Grid('sow_weights', 'the weights before dropout, sown', {}, rate, modern=True,
           rest={**DROPOUT, 'apply': {'rngs': {'dropout': 7}, 'mutable': ['intermediates']}},
           call={'sow_weights': True}),
      Grid('dropout_rng', "the caller's own dropout key, for each call anew", rate, modern=True,
           rest={**DROPOUT, 'apply': {}}, call={'dropout_rng': 11}),
      Grid('inputs_kv', 'keys and values of one array of another width', {}, kv='inputs_kv'),
  )


def cases(era):
  """Yields all golden attention cases of an era."""
  found = []
  for row, grid in enumerate(_grid()):
    if grid.modern and era == 'classic':
      continue
    for i, dtype in enumerate(DTYPES):
      for decode in (False, True):
        if decode and dtype == 'float64' and era == 'classic':
          continue  # 0.7.2 cannot decode with x64 on
        found.append(_of_grid(era, grid, row, i, dtype, decode))
  return found


def _of_grid(era, grid, row, i, dtype, decode):
  form = 'decode' if decode else 'forward'
  config = {'num_heads': 2, **grid.config(i), **_dtypes(grid, row, dtype, decode)}
  inputs = {'inputs_q': (2, 4, 6)}
  other = {None: {}, 'k': {'inputs_k': (2, 4, 5)}, 'inputs_kv': {'inputs_kv': (2, 4, 5)},
           'kv': {'inputs_k': (2, 4, 5), 'inputs_v': (2, 4, 3)}}[grid.kv]
  given = _input_dtype(grid, row, dtype, decode)
  return case(era, f'{grid.name.replace("_", "-")}-{DTYPES[dtype]}-{form}',
              f'{grid.what}, {dtype}, {form}', config, {**inputs, **other}, given,
              call={**grid.rest.get('call', {}), **grid.call}, decode=decode,
              init=grid.rest.get('init'), apply=grid.rest.get('apply'))


def _way(grid, row, decode):
  return 'compute' if grid.name == 'param_dtype' else WAYS[(row + decode) % 3]


def _dtypes(grid, row, dtype, decode):
  if dtype == 'float32':
    return {}
  if dtype == 'float64':
    return {} if grid.name == 'param_dtype' else {'param_dtype': 'float64'}
  way = _way(grid, row, decode)
  return {**({'dtype': dtype} if way == 'compute' else {}),
          **({'param_dtype': dtype} if way != 'compute' else {})}


def _input_dtype(grid, row, dtype, decode):
  if dtype in ('float32', 'float64'):
    return dtype
  return dtype if _way(grid, row, decode) == 'all' else 'float32'


def case(era, name, what, config, inputs, dtype='float32', call=None, decode=False, init=None,
         apply=None, steps=None, x64=None, cls='MultiHeadDotProductAttention'):
  """Makes a case without outputs; `inputs` are arrays, or shapes drawn from the case's name."""
  case_id = f'{era}/attention-{name}'
  tensors = {
      f'inputs/{k}': v if isinstance(v, np.ndarray) else draw.tensor(k, v, dtype, case_id)
      for k, v in inputs.items()}
  info = {
      'id': case_id, 'kind': 'attention', 'era': era,
      'x64': dtype == 'float64' if x64 is None else x64, 'property': what, 'class': cls,
      'config': {**config, **({'decode': True} if decode else {})},
  }
  if call:
    info['call'] = dict(call)
  info['init'] = init or {'rngs': {'params': 0}}
  apply = dict(apply or {})
  if decode:
    length = tensors['inputs/inputs_q'].shape[-2]
    info['steps'] = length if steps is None else steps
    listed = apply.get('mutable', [])
    apply['mutable'] = listed if 'other' in listed else ['cache'] + listed
  if apply:
    info['apply'] = apply
  return Case(info, tensors)
