"""The golden attention cases for cells of docs/coverage.md that neither grid nor shapes cover.

docs/coverage.md counts cases by argument, dtype and form.
"""

import numpy as np

from heddle_parity import draw
from heddle_parity.golden_attention import DTYPES, case

TWO = {'num_heads': 2}
SQUARE = {'inputs_q': (2, 4, 6)}
NARROW = ('bfloat16', 'float16')
CLASSES = {'modern': ('SelfAttention', 'MultiHeadAttention'), 'classic': ('SelfAttention',)}


def cases(era):
  """Yields all cases of an era."""
  found = [*_explicit(era), *_decode_masks(era), *_classes(era)]
  return found + [*_mutable(era)] if era == 'classic' else found


def _explicit(era):
  yield _cell(era, 'dtype', 'float32', True, 'the dtype said, though it is that of all inputs',
              {'dtype': 'float32'})
  yield _cell(era, 'param-dtype', 'float32', True, 'the dtype of the parameters said',
              {'param_dtype': 'float32'})
  for decode in _forms(era, 'float64'):
    yield _cell(era, 'dtype', 'float64', decode, 'the dtype said, of parameters and inputs too',
                {'dtype': 'float64', 'param_dtype': 'float64'})


def _decode_masks(era):
  """Padding masks, a mask per step, a mask per head: with a 16-bit cache and a float32 cache."""
  forms = {'mask': (2, 1, 1, 4), 'mask_steps': (4, 2, 1, 1, 4), 'mask-heads': (2, 2, 1, 4)}
  for dtype in ('bfloat16', 'float16', 'float64'):
    if True not in _forms(era, dtype):
      continue
    for form, shape in forms.items():
      given = form.removesuffix('-heads')
      yield _cell(era, form.replace('_', '-'), dtype, True, 'decoding with a mask of its own',
                  _of(dtype, whole=form != 'mask'),
                  {given: draw.mask(form, shape, 'bool', 'golden-cell')}, whole=form != 'mask')
    yield _cell(era, 'mask-empty', dtype, True, 'no key kept: the mean over the cache',
                _of(dtype, whole=True), {'mask': np.zeros((2, 1, 1, 4), bool)}, whole=True)


def _classes(era):
  causal = np.tril(np.ones((4, 4), bool))[None, None]
  for cls in CLASSES[era]:
    name = {'SelfAttention': 'self', 'MultiHeadAttention': 'alias'}[cls]
    for dtype in (*NARROW, 'float64'):
      for decode in _forms(era, dtype):
        # Parameters are float32 in forward cases; decoding uses the 16-bit dtype throughout.
        yield _cell(era, name, dtype, decode, cls, _of(dtype, whole=decode),
                    {} if decode else {'mask': causal}, whole=decode, cls=cls)


def _mutable(era):
  """Mutable collections without sown weights: empty ones, and returned parameters."""
  listed = {'float32': ['intermediates'], 'bfloat16': ['params'], 'float16': ['cache', 'params'],
            'float64': ['params', 'intermediates']}
  for dtype, names in listed.items():
    yield _cell(era, 'mutable', dtype, False, f'{" and ".join(names)} mutable, nothing written',
                _of(dtype, whole=True), whole=True, apply={'mutable': names})


def _forms(era, dtype):
  """Returns the values of `decode`: both, but 0.7.2 cannot decode with x64 on."""
  return (False,) if era == 'classic' and dtype == 'float64' else (False, True)


def _of(dtype, whole):
  """Sets the dtype of the parameters (and of the inputs, if given), or of the computation only."""
  if dtype == 'float32':
    return {}
  return {'param_dtype': dtype} if whole or dtype == 'float64' else {'dtype': dtype}


def _cell(era, name, dtype, decode, what, config, inputs=None, whole=False, **rest):
  form = 'decode' if decode else 'forward'
  given = dtype if whole or dtype == 'float64' else 'float32'
  return case(era, f'cell-{name}-{DTYPES[dtype]}-{form}', f'{what}, {dtype}, {form}',
              {**TWO, **config}, {**SQUARE, **(inputs or {})}, given, decode=decode, **rest)
