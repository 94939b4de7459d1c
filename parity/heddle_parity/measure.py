"""Measures how near an answer must be to Flax's: docs/parity.md has the rule.

As a program it measures cases of files and writes them again with what it found:
`python -m heddle_parity.measure FILE... [--only ID]... [--error]`. With `--error` it leaves the noise out
where there is an error, which takes a tenth of the time: what is near enough then is so with the noise
too. Prints `case PATH` once a file is
complete and `done` at the end; `failed ID: REASON` and status 1 if the oracle breaks.
"""

import argparse
import os
import sys

import jax
import jax.numpy as jnp
import numpy as np

from heddle_parity import attention, draw, gradient
from heddle_parity.cases import Case, read_cases, write_bundle, write_case
from heddle_parity.era import settings
from heddle_parity.oracle import RUNNERS

PERTURBATIONS = 16
MODULES = ('attention', 'gradient')
FUNCTIONS = (
  'dot_product_attention',
  'dot_product_attention_weights',
  'attention_gradient',
  'einsum',
  'softmax',
  'reduction',
)
NARROWING = ('dtype', 'force_fp32_for_softmax')  # arguments that take precision away
# The digits of each dtype's significand, the leading one included.
DIGITS = {'bfloat16': 8, 'float16': 11, 'float32': 24, 'float64': 53}


def measure(case, noise=True):
  """Adds `distances`: for each answer that floats, the larger of Flax's error and noise.

  The error is Flax's largest difference from its own float64 result, where there is one. The noise
  is the largest difference from what Flax answers when each element of inputs and parameters is
  moved up or down by one ulp, in the narrowest dtype of the computation, over 16 such moves.
  """
  info = case.info
  with settings(info['x64'], info.get('partitionable')):
    wide = _wide(case)
    others = [] if wide is None else [wide]
    if noise or not others:
      others += [_perturbed(case, i) for i in range(PERTURBATIONS)]
  found = {}
  for path, tensor in _answers(case).items():
    far = [_farthest(tensor, other[path]) for other in others if path in other]
    found[path] = float(f'{max(far, default=0.0):.3g}')
  info['distances'] = {path: distance for path, distance in found.items() if distance}


def _answers(case):
  """The tensors that an answer computes: not what was given, and not what init drew."""
  return {
    path: tensor
    for path, tensor in case.tensors.items()
    if tensor.dtype.name in DIGITS
    and path.split('/')[0] not in ('inputs', 'before', 'cotangent')
    and not path.startswith('init/params/')
  }


def _perturbed(case, i):
  """The answers with inputs and parameters moved by one ulp each."""
  info = case.info
  narrowest = info.get('narrowest') or info.get('args', {}).get('dtype') or 'float64'

  def moved(path, tensor):
    return _moved(tensor, narrowest, draw.stream('perturbation', info['id'], i, path))

  inputs = {
    name: tensor if 'mask' in name else moved(name, tensor)
    for name, tensor in case.inputs().items()
  }
  if info['kind'] in MODULES:
    return _of_attention(case, info, inputs, moved)
  asked = Case({**info}, _given(case, inputs))
  RUNNERS[info['kind']](asked)
  return asked.tensors


def _given(case, inputs):
  given = {f'inputs/{name}': tensor for name, tensor in inputs.items()}
  if 'cotangent' in case.tensors:
    given['cotangent'] = case.tensors['cotangent']
  return given


def _of_attention(case, info, inputs, changed):
  """The answers of attention, or of its gradient, with every parameter changed."""
  variables = {}
  for path, tensor in case.tensors.items():
    collection, *names = path.split('/')
    if collection in ('init', 'before'):
      if names[0] == 'params':
        tensor = changed(path, tensor)
      branch = variables
      for name in names[:-1]:
        branch = branch.setdefault(name, {})
      branch[names[-1]] = jnp.asarray(tensor)
  module = attention.build(info)
  if info['kind'] == 'attention':
    run = attention.decode if info['config'].get('decode') else attention.apply
    return run(module, info, inputs, variables)
  if info['config'].get('decode'):
    inputs = attention.position(inputs, info['steps'] - 1)
  return gradient.answers(module, info, inputs, variables, case.tensors['cotangent'])


def _moved(tensor, narrowest, random):
  """Each element a (nonzero) ulp of the coarser of both dtypes up or down."""
  tensor = np.asarray(tensor)
  if tensor.dtype.name not in DIGITS:
    return tensor
  digits = min(DIGITS[tensor.dtype.name], DIGITS[narrowest])
  values = tensor.astype(np.float64)
  _, exponents = np.frexp(values)
  ulps = np.where(values == 0, 0, np.ldexp(1.0, exponents - digits))
  signs = random.randint(0, 2, values.shape) * 2 - 1
  with np.errstate(invalid='ignore', over='ignore'):
    return (values + signs * ulps).astype(tensor.dtype)


def _wide(case):
  """The answers in float64, where Flax can compute the same thing in it."""
  info = case.info
  if info['kind'] in FUNCTIONS:
    if info.get('args', {}).get('dropout_rate'):
      return None
  elif info['kind'] not in MODULES or not attention.is_plain(info) or attention.crashes_wide(info):
    return None
  inputs = {n: t if 'mask' in n else _widened(t) for n, t in case.inputs().items()}
  with settings(x64=True):
    if info['kind'] in FUNCTIONS:
      args = {k: v for k, v in info.get('args', {}).items() if k not in NARROWING}
      asked = Case({**info, 'args': args}, _given(case, inputs))
      RUNNERS[info['kind']](asked)
      return asked.tensors
    tensors = {path: _widened(tensor) for path, tensor in case.tensors.items()}
    wide = attention.wide(info)
    return _of_attention(Case(info, tensors), wide, inputs, lambda path, tensor: tensor)


def _widened(tensor):
  tensor = np.asarray(tensor)
  return tensor.astype(np.float64) if tensor.dtype.name in DIGITS else tensor


def _farthest(one, other):
  """The largest difference of two tensors where both are finite."""
  one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
  with np.errstate(invalid='ignore'):
    between = np.abs(one - other)
  between = between[np.isfinite(between)]
  return float(between.max()) if between.size else 0.0


def main(arguments=None):
  parser = argparse.ArgumentParser(prog='heddle_parity.measure')
  parser.add_argument('files', nargs='+')
  parser.add_argument('--only', action='append', help='the id of a case; all of them without it')
  parser.add_argument('--error', action='store_true', help='no noise where there is an error')
  asked = parser.parse_args(arguments)
  for path in asked.files:
    cases = read_cases(path)
    for case in cases:
      if asked.only and case.id not in asked.only:
        continue
      try:
        measure(case, noise=not asked.error)
      except Exception as error:  # the reader on the other end must learn of it
        reason = ' '.join(str(error).split())
        print(f'failed {case.id}: {type(error).__name__}: {reason}', flush=True)
        return 1
    with np.load(path) as entries:
      single = 'case' in entries
    if single:
      write_case(path, cases[0])
    else:
      write_bundle(path, cases)
    print(f'case {path}', flush=True)
  print('done', flush=True)
  return 0


if __name__ == '__main__':
  sys.exit(main())
