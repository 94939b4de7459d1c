"""Runs the cases of Optax: optimizers step by step, and schedules."""

import flax.serialization
import jax
import jax.numpy as jnp
import numpy as np
import optax

from heddle_parity.era import flatten


def optimizer(case):
  """Runs steps with given gradients; records updates and parameters of every step and the last state."""
  info = case.info
  transformation = _transformation(info['optimizer'])
  inputs = case.inputs()
  params = _tree(inputs, 'params')
  grads = _tree(inputs, 'grads')
  state = transformation.init(params)
  case.tensors.update(flatten('init', flax.serialization.to_state_dict(state)))
  steps = []
  for i in range(info['steps']):
    updates, state = transformation.update(jax.tree_util.tree_map(lambda g: g[i], grads), state, params)
    params = optax.apply_updates(params, updates)
    steps.append({'updates': updates, 'params': params})
  case.tensors.update(
      flatten('steps', jax.tree_util.tree_map(lambda *all_steps: jnp.stack(all_steps), *steps)))
  case.tensors.update(flatten('state', flax.serialization.to_state_dict(state)))


def schedule(case):
  """Evaluates a schedule for several counts."""
  of_count = _schedule(case.info['schedule'])
  counts = case.info['counts']
  case.tensors['output'] = np.stack(
      [np.asarray(of_count(jnp.int32(count)), dtype=np.float32) for count in counts])


def global_norm(case):
  """`optax.global_norm`."""
  case.tensors['output'] = np.asarray(optax.global_norm(_tree(case.inputs(), 'updates')))


def _tree(tensors, prefix):
  tree = {}
  for path, tensor in tensors.items():
    names = path.split('/')
    if names[0] == prefix:
      branch = tree
      for name in names[1:-1]:
        branch = branch.setdefault(name, {})
      branch[names[-1]] = jnp.asarray(tensor)
  return tree


def _transformation(spec):
  name, args = spec['name'], dict(spec.get('args', {}))
  if name == 'chain':
    return optax.chain(*map(_transformation, spec['of']))
  if name == 'MultiSteps':
    return optax.MultiSteps(_transformation(spec['of'][0]), **args)
  return getattr(optax, name)(**{key: _argument(value) for key, value in args.items()})


def _argument(value):
  if isinstance(value, dict) and 'schedule' in value:
    return _schedule(value)
  if isinstance(value, dict) and 'ends_with' in value:
    return lambda tree: jax.tree_util.tree_map_with_path(
        lambda path, _: path[-1].key == value['ends_with'], tree)
  if isinstance(value, str):
    return jnp.dtype(value)
  return value


def _schedule(spec):
  args = dict(spec.get('args', {}))
  if spec['schedule'] == 'join_schedules':
    args['schedules'] = [_schedule(part) for part in args['schedules']]
  if 'boundaries_and_scales' in args:
    args['boundaries_and_scales'] = {
        int(step): scale for step, scale in args['boundaries_and_scales'].items()}
  return getattr(optax, spec['schedule'])(**args)


RUNNERS = {'optimizer': optimizer, 'schedule': schedule, 'global_norm': global_norm}
