"""The entry point: runs a case of any kind with Flax.

As a program it runs the cases of files again and prints which outputs changed:
`python -m heddle_parity.oracle FILE...`.
"""

import sys

from heddle_parity import (
  attention,
  errors,
  functions,
  gradient,
  layers,
  modules,
  optim,
  training,
)
from heddle_parity.cases import read_cases
from heddle_parity.era import settings, this_era

RUNNERS = {
  'attention': attention.run,
  'gradient': gradient.run,
  'module': modules.run,
  'training': training.run,
  'error': errors.run,
  **functions.RUNNERS,
  **layers.RUNNERS,
  **optim.RUNNERS,
}


def ask(case, measured=True):
  """Adds the outputs to the case and returns it; `measured`: also Flax's error against float64."""
  info = case.info
  if info['era'] != this_era():
    raise ValueError(f'{info["id"]}: asked of {info["era"]}, but this oracle is {this_era()}')
  with settings(info['x64'], info.get('partitionable')):
    if info['kind'] in ('attention', 'gradient'):
      RUNNERS[info['kind']](case, measured)
    else:
      RUNNERS[info['kind']](case)
  return case


def differences(old, new):
  """Returns the names of the tensors that differ in any bit, and `case` if the JSON does."""
  names = list(dict.fromkeys([*old.tensors, *new.tensors]))
  changed = [n for n in names if not _same(old.tensors.get(n), new.tensors.get(n))]
  return (['case'] if str(old.info) != str(new.info) else []) + changed


def _same(a, b):
  return (
    a is not None
    and b is not None
    and a.dtype == b.dtype
    and a.shape == b.shape
    and a.tobytes() == b.tobytes()
  )


def main(paths):
  changed = 0
  for path in paths:
    for old in read_cases(path):
      found = differences(old, ask(old.question()))
      changed += bool(found)
      if found:
        print(f'{path}: {old.id}: {", ".join(found)}')
  print(f'{changed} cases changed')
  return 1 if changed else 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
