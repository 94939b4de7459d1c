"""Runs the cases that must fail; records the step, the error's class and its message."""

import jax.numpy as jnp

from heddle_parity import attention, modules
from heddle_parity.era import flatten


class Unexpected(Exception):
  """A case that must fail succeeded."""


def run(case):
  """Constructs, inits, edits the variables, applies; records the first failure."""
  info, inputs = case.info, case.inputs()
  given = [jnp.asarray(tensor) for tensor in inputs.values()]
  phase = 'construct'
  try:
    if info['of'] == 'attention':
      module = attention.build(info)
      phase = 'init'
      started = {n: t for n, t in inputs.items() if not n.startswith('apply_')}
      variables = attention.init(module, info, started)
    else:
      module = modules.make(info)
      phase = 'init'
      variables = modules.init(module, info, given[:1])
    variables = edited(variables, info.get('edit', []))
    case.tensors.update(flatten('init', variables))
    phase = 'apply'
    if info['of'] == 'attention':
      changed = {n[6:]: t for n, t in inputs.items() if n.startswith('apply_')}
      attention.apply(module, info, {**started, **changed}, variables)
    else:
      modules.apply(module, info, given, variables)
  except Exception as error:  # any error that Flax raises is recorded
    info['phase'] = phase
    info['error'] = type(error).__name__
    info['message'] = str(error)
    return
  raise Unexpected(f'{info["id"]}: expected Flax to refuse it')


def edited(variables, edits):
  """Returns a copy with the edits ["delete", path] and ["zeros", path, shape, dtype] applied."""
  tree = _copy(variables)
  for edit in edits:
    *parents, last = edit[1].split('/')
    node = tree
    for name in parents:
      node = node[name]
    if edit[0] == 'delete':
      del node[last]
    else:
      node[last] = jnp.zeros(tuple(edit[2]), edit[3])
  return tree


def _copy(tree):
  return {k: _copy(v) for k, v in tree.items()} if hasattr(tree, 'items') else tree
