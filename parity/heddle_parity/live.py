"""Random cases for the live comparison:
`python -m heddle_parity.live --era E --seed S --count N --out DIR [--kinds attention,gradient,...]`.

Case i of a kind depends on (seed, i) only, so `--start I --count 1` replays one. The kinds take turns.
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
  asked = parser.parse_args()
  if asked.era != this_era():
    parser.error(f'this oracle is {this_era()}')
  for i in range(asked.start, asked.start + asked.count):
    for kind in asked.kinds.split(','):
      case = KINDS[kind](asked.era, asked.seed, i)
      path = os.path.join(asked.out, case.id + '.npz')
      try:
        ask(case, measured=False)
        write_case(path, case)
      except Exception as error:  # the reader on the other end must learn of it
        reason = ' '.join(str(error).split())
        print(f'failed {case.id}: {type(error).__name__}: {reason}', flush=True)
        return 1
      print(f'case {path}', flush=True)
  print('done', flush=True)
  return 0


if __name__ == '__main__':
  sys.exit(main())
