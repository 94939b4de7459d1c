"""The golden bundles of random cases: those of one seed, and those that have failed.

A case that fails in `./heddle parity` is explained in docs/parity.md and added to FOUND.
"""

from heddle_parity import draw, draw_functions, draw_optim, training
from heddle_parity.cases import Case

SEED = 20261130
DRAWS = {
  'attention': draw.attention,
  'gradient': draw.gradient,
  'function': draw_functions.case,
  'optimizer': draw_optim.case,
  'training': training.fresh,
}
COUNTS = {
  'modern': {'attention': 100, 'gradient': 35, 'function': 20, 'optimizer': 20, 'training': 1},
  'classic': {'attention': 40, 'gradient': 15, 'function': 10, 'optimizer': 10, 'training': 1},
}
# era, kind, seed, number, description
FOUND = (
  (
    'modern',
    'gradient',
    6142185,
    13,
    'bfloat16 and equal kernels: a gradient that is a difference of nearly equal numbers',
  ),
  (
    'modern',
    'gradient',
    20261130,
    143,
    'weights of their own attention_fn: cotangents that are large and alike, of which one key has most',
  ),
  (
    'modern',
    'function',
    20261130,
    93,
    'bfloat16 with a float32 bias that is repeated over all keys, and dropout: its gradient is zero',
  ),
  (
    'modern',
    'function',
    20261130,
    98,
    'bfloat16 with a float32 bias that is repeated over all keys: a gradient that is zero',
  ),
  (
    'classic',
    'function',
    20261130,
    27,
    'a float64 bias with dtype float32, repeated over all keys: a gradient that is zero',
  ),
)


def bundles(era):
  """Returns the cases by the name of their bundle."""
  drawn = {
    f'drawn-{kind}': [
      _named(era, f'drawn-{kind}/{i}', DRAWS[kind](era, SEED, i), 'a random case')
      for i in range(count)
    ]
    for kind, count in COUNTS[era].items()
  }
  found = [
    _named(era, f'drawn-found/{kind}-{seed}-{i}', DRAWS[kind](era, seed, i), what)
    for of, kind, seed, i, what in FOUND
    if of == era
  ]
  return {**drawn, **({'drawn-found': found} if found else {})}


def _named(era, name, drawn, what):
  """Returns the case with a golden name; `drawn` keeps the id that it was drawn with."""
  info = {**drawn.info, 'id': f'{era}/{name}', 'property': what, 'drawn': drawn.id}
  return Case(info, drawn.tensors)
