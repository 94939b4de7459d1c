"""Fresh cases for the live test:
`python -m heddle_parity.live --era E --seed S --count N --out DIR [--kind gradient|training]`.

Case i depends on (seed, i) only, so `--start I --count 1` replays one. Prints `case PATH` as soon
as each file is complete, `done` at the end; `failed ID: REASON` and status 1 if the oracle breaks.
"""

import argparse
import os
import sys

from heddle_parity import attention, draw, gradient, training
from heddle_parity.cases import write_case
from heddle_parity.era import settings, this_era


# How a case of each kind is drawn, and how it is answered.
KINDS = {
  'attention': (draw.attention, attention.run),
  'gradient': (draw.gradient, gradient.run),
  'training': (training.fresh, lambda case, _: training.run(case)),
}


def main():
  parser = argparse.ArgumentParser(prog='heddle_parity.live')
  parser.add_argument('--era', choices=('modern', 'classic'), required=True)
  parser.add_argument('--seed', type=int, required=True)
  parser.add_argument('--count', type=int, required=True)
  parser.add_argument('--kind', choices=tuple(KINDS), default='attention')
  parser.add_argument('--start', type=int, default=0)
  parser.add_argument('--out', required=True)
  parser.add_argument('--distance', action='store_true', help='always compare with float64')
  asked = parser.parse_args()
  if asked.era != this_era():
    parser.error(f'this oracle is {this_era()}')
  draw_one, run = KINDS[asked.kind]
  for i in range(asked.start, asked.start + asked.count):
    case = draw_one(asked.era, asked.seed, i)
    try:
      path = os.path.join(asked.out, case.id + '.npz')
      with settings(case.info['x64']):
        run(case, asked.distance or bool(case.info['config'].get('normalize_qk')))
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
