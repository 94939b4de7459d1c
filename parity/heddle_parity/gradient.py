"""Runs a gradient case: the vector-Jacobian product of one apply, with respect to parameters and inputs."""

import jax
import jax.numpy as jnp
import numpy as np

from heddle_parity import attention, draw
from heddle_parity.era import flatten, rngs, settings


def run(case, measured=True):
  """Adds Flax's outputs to the case. The caller has set x64."""
  info, inputs = case.info, case.inputs()
  module = attention.build(info)
  variables = attention.init(module, info, inputs)
  case.tensors.update(flatten('init', variables))
  info['narrowest'] = attention.narrowest(info, inputs)
  if info['config'].get('decode'):
    variables, inputs = _before_last_step(module, info, inputs, variables)
    case.tensors.update(flatten('before/cache', variables['cache']))
  output, pullback, changed = _vjp(module, info, inputs, variables)
  cotangent = draw.tensor(
    'cotangent', output.shape, output.dtype.name, info.get('drawn', info['id'])
  )
  case.tensors['cotangent'] = cotangent
  case.tensors.update(flatten('apply/output', output))
  case.tensors.update(flatten('apply', changed))
  case.tensors.update(_grads(pullback, cotangent))
  if measured and attention.is_plain(info) and not attention.fails_in_float64(info):
    _distances(case, inputs, variables, cotangent)


def _before_last_step(module, info, inputs, variables):
  """Returns the variables before the last decoding step, and the inputs of that step."""
  state = variables
  for i in range(info['steps']):
    step = attention.position(inputs, i)
    if i == info['steps'] - 1:
      return state, step
    _, changed = attention.call(
      module, info, step, info.get('call', {}), state, rngs(info['apply'].get('rngs')), ['cache']
    )
    state = {**variables, 'cache': changed['cache']}
  raise ValueError(f'{info["id"]}: no steps')


def _vjp(module, info, inputs, variables):
  """Returns output, pullback and changed collections; non-floating-point tensors are constant."""
  asked = info.get('apply', {})
  mutable = asked.get('mutable', ['cache'] if info['config'].get('decode') else False)
  floating = {
    name: jnp.asarray(tensor)
    for name, tensor in inputs.items()
    if not name.startswith('mask') and jnp.issubdtype(tensor.dtype, jnp.inexact)
  }

  def program(params, given):
    answer = attention.call(
      module,
      info,
      {**inputs, **given},
      info.get('call', {}),
      {**variables, 'params': params},
      rngs(asked.get('rngs')),
      mutable,
    )
    return (answer, {}) if mutable is False else answer

  return jax.vjp(program, variables['params'], floating, has_aux=True)


def answers(module, info, inputs, variables, cotangent):
  """Returns Flax's outputs for other inputs and variables than those of the case."""
  output, pullback, changed = _vjp(module, info, inputs, variables)
  cotangent = np.asarray(cotangent).astype(output.dtype)
  return {
    **flatten('apply/output', output),
    **flatten('apply', changed),
    **_grads(pullback, cotangent),
  }


def _grads(pullback, cotangent):
  params, given = pullback(jnp.asarray(cotangent))
  return {**flatten('grads/params', params), **flatten('grads', given)}


def _distances(case, inputs, variables, cotangent):
  """Returns Flax's errors against float64: of the output, and of all gradients together.

  Gradients in a narrower dtype than that of the computation are excluded, since they are rounded to it.
  """
  info = attention.in_float64(case.info)
  with settings(x64=True):
    variables64 = jax.tree_util.tree_map(attention.to_float64, variables)
    inputs64 = {
      n: t if n.startswith('mask') else attention.to_float64(t) for n, t in inputs.items()
    }
    module = attention.build(info)
    output, pullback, _ = _vjp(module, info, inputs64, variables64)
    cotangent = np.asarray(cotangent).astype(output.dtype)
    true = {**flatten('apply/output', output), **_grads(pullback, cotangent)}
  of_output = {'apply/output': case.tensors['apply/output']}
  places = attention.PRECISION[case.info['narrowest']]
  of_grads = {
    n: t
    for n, t in case.tensors.items()
    if n.startswith('grads/') and attention.PRECISION[t.dtype.name] >= places
  }
  case.info['flax_distance'] = attention.distance(of_output, true)
  case.info['gradient_distance'] = attention.distance(of_grads, true)
