"""Writes the golden cases of one era: `python -m heddle_parity.golden --out DIR --era E`.

Attention, modules and errors have a file per case; the other kinds have a bundle per topic.
The same oracle writes the same bytes again: cases that were measured (`measure`) are measured again.
`--only REGEX` selects the ids and the names of bundles that match.
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
  golden_options,
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
  options = parser.parse_args()
  if options.era != this_era():
    parser.error(f'this oracle is {this_era()}')
  folder = os.path.join(options.out, options.era)
  os.makedirs(folder, exist_ok=True)
  singles = [
    case
    for part in (golden_attention, golden_cells, golden_shapes, golden_modules, golden_errors)
    for case in part.cases(options.era)
    if re.search(options.only, case.id)
  ]
  bundles = {
    name: cases
    for part in (
      golden_random,
      golden_functions,
      golden_layers,
      golden_optim,
      golden_gradient,
      golden_options,
      golden_drawn,
      training,
    )
    for name, cases in part.bundles(options.era).items()
    if re.search(options.only, name)
  }
  _demand_distinct([case.id for case in singles] + list(bundles))
  measured = _measured(folder)
  started, broken = time.monotonic(), []
  for case in singles:
    if _answered(case, broken, measured):
      write_case(os.path.join(options.out, case.id + '.npz'), case)
  for name, cases in bundles.items():
    answered = [_answered(case, broken, measured) for case in cases]
    if all(answered):
      write_bundle(os.path.join(folder, name + '.npz'), cases)
  if not options.only and not broken:
    _remove_others(folder, {c.id.split('/')[1] for c in singles} | set(bundles))
  attention = sum(case.info['kind'] == 'attention' for case in singles)
  print(
    f'{options.era}: {attention} attention, {len(singles) - attention} module and error cases, '
    f'{sum(map(len, bundles.values()))} in {len(bundles)} bundles, '
    f'{time.monotonic() - started:.0f} s'
  )
  return 1 if broken else 0


def _measured(folder):
  """Returns the ids of the cases in the folder's files that have distances."""
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
  except Exception as error:  # continue, so that one run reports all failures
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
