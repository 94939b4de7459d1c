"""Measures the allowed differences from Flax, by the rule of docs/parity.md.

As a program it measures the cases of files and rewrites them with the results:
`python -m heddle_parity.measure FILE... [--only ID]... [--error]`. With `--error` it
measures the noise only where there is no error, which takes a tenth of the time: a case that is within the
error is also within the maximum. Prints `case PATH` once a file is complete and `done` at the end; `failed ID: REASON` and status 1 if the oracle breaks.
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
NARROWING = ('dtype', 'force_fp32_for_softmax')  # arguments that reduce precision
# The bits of each dtype's significand, including the implicit one.
DIGITS = {'bfloat16': 8, 'float16': 11, 'float32': 24, 'float64': 53}


def measure(case, noise=True):
  """Adds `distances`: for each floating-point output, the maximum of Flax's error and noise.

  The error is Flax's largest difference from its float64 result, where there is one. The noise is the
  largest change of Flax's output when each element of inputs and parameters is perturbed by plus or
  minus one ulp, in the narrowest dtype of the computation, over 16 such perturbations.
  """
  info = case.info
  with settings(info['x64'], info.get('partitionable')):
    float64 = _in_float64(case)
    others = [] if float64 is None else [float64]
    if noise or not others:
      others += [_perturbed(case, i) for i in range(PERTURBATIONS)]
  found = {}
  for path, tensor in _answers(case).items():
    far = [_farthest(tensor, other[path]) for other in others if path in other]
    found[path] = float(f'{max(far, default=0.0):.3g}')
  info['distances'] = {path: distance for path, distance in found.items() if distance}


def _answers(case):
  """Returns the computed tensors: neither the inputs nor the results of init."""
  return {
    path: tensor
    for path, tensor in case.tensors.items()
    if tensor.dtype.name in DIGITS
    and path.split('/')[0] not in ('inputs', 'before', 'cotangent')
    and not path.startswith('init/params/')
  }


def _perturbed(case, i):
  """Returns the outputs with inputs and parameters perturbed by one ulp each."""
  info = case.info
  narrowest = info.get('narrowest') or info.get('args', {}).get('dtype') or 'float64'

  def moved(path, tensor):
    return _perturb(tensor, narrowest, draw.stream('perturbation', info['id'], i, path))

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
  """Returns the outputs of attention, or of its gradient, with changed parameters."""
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


def _perturb(tensor, narrowest, random):
  """Adds or subtracts one (nonzero) ulp of the coarser of both dtypes to each element."""
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


def _in_float64(case):
  """Returns the outputs in float64, where Flax can compute the same case in float64."""
  info = case.info
  if info['kind'] in FUNCTIONS:
    if info.get('args', {}).get('dropout_rate'):
      return None
  elif info['kind'] not in MODULES or not attention.is_plain(info) or attention.fails_in_float64(info):
    return None
  inputs = {n: t if 'mask' in n else _to_float64(t) for n, t in case.inputs().items()}
  with settings(x64=True):
    if info['kind'] in FUNCTIONS:
      args = {k: v for k, v in info.get('args', {}).items() if k not in NARROWING}
      asked = Case({**info, 'args': args}, _given(case, inputs))
      RUNNERS[info['kind']](asked)
      return asked.tensors
    tensors = {path: _to_float64(tensor) for path, tensor in case.tensors.items()}
    info64 = attention.in_float64(info)
    return _of_attention(Case(info, tensors), info64, inputs, lambda path, tensor: tensor)


def _to_float64(tensor):
  tensor = np.asarray(tensor)
  return tensor.astype(np.float64) if tensor.dtype.name in DIGITS else tensor


def _farthest(one, other):
  """Returns the largest difference of two tensors where both are finite."""
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
      except Exception as error:  # report the failure to the reading process
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
