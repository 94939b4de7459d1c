"""Random cases for the live comparison:
`python -m heddle_parity.live --era E --seed S --count N --out DIR [--kinds attention,gradient,...]`.

Case i of a kind depends only on (seed, i), so `--start I --count 1` reproduces it. The kinds alternate.
Prints `case PATH` as soon as each file is complete, `done` at the end; `failed ID: REASON` and status
1 if the oracle breaks.
"""

import argparse
import os
import sys

from heddle_parity import draw, draw_functions, draw_optim, training
from heddle_parity.cases import write_case
from heddle_parity.era import this_era
from heddle_parity.oracle import ask

KINDS = {
  'attention': draw.attention,
  'gradient': draw.gradient,
  'function': draw_functions.case,
  'optimizer': draw_optim.case,
  'training': training.fresh,
}


def main():
  parser = argparse.ArgumentParser(prog='heddle_parity.live')
  parser.add_argument('--era', choices=('modern', 'classic'), required=True)
  parser.add_argument('--seed', type=int, required=True)
  parser.add_argument('--count', type=int, required=True)
  parser.add_argument('--kinds', default='attention')
  parser.add_argument('--start', type=int, default=0)
  parser.add_argument('--out', required=True)
  options = parser.parse_args()
  if options.era != this_era():
    parser.error(f'this oracle is {this_era()}')
  for i in range(options.start, options.start + options.count):
    for kind in options.kinds.split(','):
      case = KINDS[kind](options.era, options.seed, i)
      path = os.path.join(options.out, case.id + '.npz')
      try:
        ask(case, measured=False)
        write_case(path, case)
      except Exception as error:  # report the failure to the reading process
        reason = ' '.join(str(error).split())
        print(f'failed {case.id}: {type(error).__name__}: {reason}', flush=True)
        return 1
      print(f'case {path}', flush=True)
  print('done', flush=True)
  return 0


if __name__ == '__main__':
  sys.exit(main())
