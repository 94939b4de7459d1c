"""The golden bundles of the options that Linen does not have, forward, decoding and gradients."""

from heddle_parity import draw, options
from heddle_parity.golden_attention import DROPOUT
from heddle_parity.golden_attention import case as attention_case
from heddle_parity.cases import Case

FOUR = {'num_heads': 4, 'bias_init': {'name': 'normal', 'stddev': 0.2}}
SQUARE = {'inputs_q': (2, 9, 8)}
CROSS = {'inputs_q': (2, 5, 8), 'inputs_kv': (2, 9, 6)}
WIDE = {'inputs_q': (2, 9, 8), 'inputs_kv': (2, 5, 6)}
OPTIONS = {
  'two heads of keys': {'num_kv_heads': 2},
  'one head of keys': {'num_kv_heads': 1},
  'causal': {'is_causal': True},
  'causal from the end': {'is_causal': True, 'causal_alignment': 'bottom_right'},
  'a window': {'sliding_window': [2, 1]},
  'a window to the left': {'sliding_window': [3, None]},
  'a window from the end': {'sliding_window': [1, 1], 'causal_alignment': 'bottom_right'},
  'a causal window': {'sliding_window': [2, None], 'is_causal': True},
  'a scale': {'scale': 0.3},
  'a negative scale': {'scale': -1.5},
  'a soft cap': {'logits_soft_cap': 0.8},
  'all': {'num_kv_heads': 2, 'logits_soft_cap': 1.5, 'is_causal': True, 'sliding_window': [4, 0], 'scale': 0.7},
}
DTYPES = ('float32', 'bfloat16', 'float16', 'float64')


def bundles(era):
  """Cases by the name of their bundle."""
  if era != 'modern':
    return {}
  options.check()
  return {
    'options-forward': [*_numbered('options-forward', 'attention', _forward())],
    'options-gradients': [*_numbered('options-gradients', 'gradient', _gradients())],
  }


def _numbered(bundle, kind, specs):
  for i, (what, config, inputs, dtype, rest) in enumerate(specs):
    made = attention_case('modern', f'{bundle}-{i}', what, config, inputs, dtype, **rest)
    info = {**made.info, 'id': f'modern/{bundle}/{i}', 'kind': kind}
    yield Case(info, made.tensors)


def _typed(config, dtype):
  if dtype in ('float32', 'float64'):
    return {**FOUR, **config, **({'param_dtype': dtype} if dtype == 'float64' else {})}
  return {**FOUR, **config, 'dtype': dtype}


def _forward():
  mask = draw.mask('options', (2, 1, 5, 9), 'bool', 'options')
  for what, config in OPTIONS.items():
    for dtype in DTYPES:
      yield what, _typed(config, dtype), CROSS, _given(dtype), {}
    yield f'{what}, more queries than keys', _typed(config, 'float32'), WIDE, 'float32', {}
    yield f'{what}, a mask', _typed(config, 'float32'), {**CROSS, 'mask': mask}, 'float32', {}
    yield f'{what}, dropout', _typed({**config, 'dropout_rate': 0.4}, 'float32'), CROSS, 'float32', DROPOUT
    sown = {'call': {'sow_weights': True}, 'apply': {'mutable': ['intermediates']}}
    yield f'{what}, sown weights', _typed(config, 'float32'), CROSS, 'float32', sown
    for dtype in DTYPES:
      yield f'{what}, decoding', _typed(config, dtype), SQUARE, _given(dtype), {'decode': True}
  normal = {**OPTIONS['all'], 'normalize_qk': True, 'use_bias': False}
  yield 'all, normalized', _typed(normal, 'float32'), CROSS, 'float32', {}
  long = {'inputs_q': (1, 70, 8), 'inputs_kv': (1, 700, 8)}
  for name in ('causal from the end', 'a window from the end', 'all'):
    yield f'{name}, several tiles', _typed(OPTIONS[name], 'float32'), long, 'float32', {}


def _gradients():
  mask = draw.mask('options', (2, 1, 5, 9), 'bool', 'options')
  for what, config in OPTIONS.items():
    for dtype in DTYPES:
      yield what, _typed(config, dtype), CROSS, _given(dtype), {}
    yield f'{what}, one input', _typed(config, 'float32'), SQUARE, 'float32', {}
    yield f'{what}, a mask', _typed(config, 'float32'), {**CROSS, 'mask': mask}, 'float32', {}
    yield f'{what}, dropout', _typed({**config, 'dropout_rate': 0.4}, 'float32'), CROSS, 'float32', DROPOUT
    yield f'{what}, decoding', _typed(config, 'float32'), SQUARE, 'float32', {'decode': True}


def _given(dtype):
  return dtype if dtype == 'float64' else 'float32'
