"""Writes the golden cases of one era: `python -m heddle_parity.golden --out DIR --era E`.

Attention, modules and errors are a file each; the other kinds are a bundle for each topic.
The same oracle writes the same bytes again: cases that were measured (`measure`) are measured again.
`--only TEXT` keeps to the ids, and the names of bundles, in which that regular expression is found.
"""

import argparse
import os
import re
import sys
import time

from heddle_parity import (
  golden_attention,
  golden_cells,
  golden_drawn,
  golden_errors,
  golden_functions,
  golden_gradient,
  golden_layers,
  golden_modules,
  golden_optim,
  golden_random,
  golden_shapes,
  training,
)
from heddle_parity.cases import read_cases, write_bundle, write_case
from heddle_parity.era import this_era
from heddle_parity.measure import measure
from heddle_parity.oracle import ask


def main():
  parser = argparse.ArgumentParser(prog='heddle_parity.golden')
  parser.add_argument('--out', required=True)
  parser.add_argument('--era', choices=('modern', 'classic'), required=True)
  parser.add_argument('--only', default='')
  asked = parser.parse_args()
  if asked.era != this_era():
    parser.error(f'this oracle is {this_era()}')
  folder = os.path.join(asked.out, asked.era)
  os.makedirs(folder, exist_ok=True)
  singles = [
    case
    for part in (golden_attention, golden_cells, golden_shapes, golden_modules, golden_errors)
    for case in part.cases(asked.era)
    if re.search(asked.only, case.id)
  ]
  bundles = {
    name: cases
    for part in (
      golden_random,
      golden_functions,
      golden_layers,
      golden_optim,
      golden_gradient,
      golden_drawn,
      training,
    )
    for name, cases in part.bundles(asked.era).items()
    if re.search(asked.only, name)
  }
  _demand_distinct([case.id for case in singles] + list(bundles))
  measured = _measured(folder)
  started, broken = time.monotonic(), []
  for case in singles:
    if _answered(case, broken, measured):
      write_case(os.path.join(asked.out, case.id + '.npz'), case)
  for name, cases in bundles.items():
    answered = [_answered(case, broken, measured) for case in cases]
    if all(answered):
      write_bundle(os.path.join(folder, name + '.npz'), cases)
  if not asked.only and not broken:
    _remove_others(folder, {c.id.split('/')[1] for c in singles} | set(bundles))
  attention = sum(case.info['kind'] == 'attention' for case in singles)
  print(
    f'{asked.era}: {attention} attention, {len(singles) - attention} module and error cases, '
    f'{sum(map(len, bundles.values()))} in {len(bundles)} bundles, '
    f'{time.monotonic() - started:.0f} s'
  )
  return 1 if broken else 0


def _measured(folder):
  """The ids of the cases that the folder's files have with distances."""
  return {
    case.id
    for entry in os.listdir(folder)
    if entry.endswith('.npz')
    for case in read_cases(os.path.join(folder, entry))
    if 'distances' in case.info
  }


def _answered(case, broken, measured):
  try:
    ask(case, measured='drawn' not in case.info)
    if case.id in measured:
      measure(case)
  except Exception as error:  # go on, so that one run shows all that is wrong
    broken.append(case.id)
    print(f'failed {case.id}: {type(error).__name__}: {error}', flush=True)
    return False
  return True


def _demand_distinct(names):
  twice = sorted({name for name in names if names.count(name) > 1})
  if twice:
    raise SystemExit(f'named twice: {", ".join(twice)}')


def _remove_others(folder, kept):
  for entry in os.listdir(folder):
    if entry.endswith('.npz') and entry[:-4] not in kept:
      os.remove(os.path.join(folder, entry))


if __name__ == '__main__':
  sys.exit(main())
