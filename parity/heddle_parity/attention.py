"""Runs an attention case: init, then apply or decoding; measures Flax's error against float64."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from heddle_parity import config as configs
from heddle_parity import options as attention_options
from heddle_parity.era import flatten, rngs, settings, this_era

CLASSES = ('MultiHeadDotProductAttention', 'MultiHeadAttention', 'SelfAttention')
SIXTEEN_BITS = ('bfloat16', 'float16')
PRECISION = {'bfloat16': 8, 'float16': 11, 'float32': 24, 'float64': 53}


def run(case, measured=True):
  """Adds Flax's outputs to the case. The caller has set x64."""
  info, inputs = case.info, case.inputs()
  module = build(info)
  variables = init(module, info, inputs)
  case.tensors.update(flatten('init', variables))
  info['narrowest'] = narrowest(info, inputs)
  if info['config'].get('decode'):
    case.tensors.update(decode(module, info, inputs, variables))
  else:
    case.tensors.update(apply(module, info, inputs, variables))
  if measured and is_plain(info) and not fails_in_float64(info):
    info['flax_distance'] = _distance(case, variables)


def narrowest(info, inputs):
  """Returns the dtype with the fewest bits in the computation."""
  config = info['config']
  given, param = config.get('dtype'), config.get('param_dtype', 'float32')
  query = inputs['inputs_q']
  key = inputs.get('inputs_kv', inputs.get('inputs_k', query))
  value = inputs.get('inputs_v', key)
  if given:
    steps = [jnp.dtype(given)]
  else:
    projected = [_inexact(x.dtype, param) for x in (query, key, value)]
    steps = projected + [jnp.result_type(*projected)]
  if config.get('force_fp32_for_softmax'):
    steps = steps + [jnp.dtype('float32')]
  return min((step.name for step in steps), key=PRECISION.get)


def _inexact(*dtypes):
  found = jnp.result_type(*dtypes)
  return found if jnp.issubdtype(found, jnp.inexact) else jnp.promote_types(found, jnp.float32)


def build(info, **changes):
  """Makes the module of the case."""
  config = {**info['config'], **changes}
  if any(config.get(key) is not None for key in attention_options.KEYS):
    return attention_options.Attention(**configs.constructor(config))
  return getattr(nn, info['class'])(**configs.constructor(config))


def call(module, info, inputs, options, variables=None, method_rngs=None, mutable=False):
  """Calls init (without variables) or apply, with the arguments of the era."""
  arguments, named = _arguments(info['class'], inputs, options)
  if variables is None:
    return module.init(method_rngs, *arguments, **named)
  return module.apply(variables, *arguments, rngs=method_rngs or None, mutable=mutable, **named)


def _arguments(cls, inputs, call):
  given = {name: jnp.asarray(tensor) for name, tensor in inputs.items()}
  named = {}
  if 'mask' in given:
    named['mask'] = given['mask']
  if 'deterministic' in call:
    named['deterministic'] = call['deterministic']
  if 'dropout_rng' in call:
    named['dropout_rng'] = jax.random.PRNGKey(call['dropout_rng'])
  if call.get('sow_weights'):
    named['sow_weights'] = True
  if cls == 'SelfAttention':
    return [given['inputs_q']], named
  if this_era() == 'classic':
    return [given['inputs_q'], given.get('inputs_kv', given['inputs_q'])], named
  for name in ('inputs_kv', 'inputs_k', 'inputs_v'):
    if name in given:
      named[name] = given[name]
  return [given['inputs_q']], named


def init(module, info, inputs):
  """Flax's variables for the case; decoding starts without a mask."""
  asked = info['init']
  options = {**info.get('call', {}), **asked.get('call', {})}
  options.pop('sow_weights', None)
  if info['config'].get('decode'):
    inputs = {name: tensor for name, tensor in inputs.items() if not name.startswith('mask')}
  return call(
    module,
    info,
    inputs,
    {k: v for k, v in options.items() if v is not None},
    method_rngs=rngs(asked['rngs']),
  )


def apply(module, info, inputs, variables):
  """Returns the output of one apply and, if anything was mutable, the collections."""
  asked = info.get('apply', {})
  mutable = asked.get('mutable', False)
  answer = call(
    module, info, inputs, info.get('call', {}), variables, rngs(asked.get('rngs')), mutable
  )
  if mutable is False:
    return flatten('apply/output', answer)
  output, changed = answer
  return {**flatten('apply/output', output), **flatten('apply', changed)}


def decode(module, info, inputs, variables):
  """Runs decoding: step i gets position i of all sequences and the cache of step i - 1."""
  asked = info.get('apply', {})
  mutable = asked.get('mutable', ['cache'])
  found = {}
  state = variables
  for i in range(info['steps']):
    step = position(inputs, i)
    output, changed = call(
      module, info, step, info.get('call', {}), state, rngs(asked.get('rngs')), mutable
    )
    found.update(flatten(f'steps/{i}/output', output))
    found.update(flatten(f'steps/{i}', changed))
    state = {**variables, 'cache': changed['cache']}
  if is_plain(info) and 'mask_steps' not in inputs:
    found.update(_full(info, inputs, variables))
  return found


def position(inputs, i):
  """Returns the inputs of decoding step i."""
  step = {}
  for name, tensor in inputs.items():
    if name == 'mask':
      step['mask'] = tensor
    elif name == 'mask_steps':
      step['mask'] = tensor[i]
    else:
      step[name] = tensor[..., i : i + 1, :]
  return step


def _full(info, inputs, variables):
  """Computes the whole sequence at once with a causal mask, which decoding should equal."""
  query = inputs['inputs_q']
  causal = nn.make_causal_mask(jnp.ones(query.shape[:-1]), dtype=bool)
  inputs = dict(inputs)
  if 'mask' in inputs:
    causal = jnp.logical_and(causal, jnp.asarray(inputs['mask']) != 0)
  inputs['mask'] = np.asarray(causal)
  options = {k: v for k, v in info.get('call', {}).items() if k != 'sow_weights'}
  module = build(info, decode=False)
  answer = call(module, info, inputs, options, {'params': variables['params']})
  return flatten('full/output', answer)


def is_plain(info):
  """Returns whether the case uses no random numbers in apply, so that float64 is comparable."""
  config, call = info['config'], info.get('call', {})
  deterministic = call.get('deterministic', config.get('deterministic'))
  return deterministic is True or not config.get('dropout_rate')


def fails_in_float64(info):
  """Returns whether this Flax fails with x64 on: 0.7.2 decodes with Python int indices."""
  return this_era() == 'classic' and info['config'].get('decode')


def _distance(case, variables):
  """Returns Flax's largest difference from its float64 result, relative to the largest value."""
  info, inputs = case.info, case.inputs()
  outputs = {
    n: t
    for n, t in case.tensors.items()
    if n == 'apply/output' or n.startswith('steps/') and n.endswith('/output')
  }
  info64 = in_float64(info)
  with settings(x64=True):
    variables = jax.tree_util.tree_map(to_float64, variables)
    inputs64 = {n: t if n.startswith('mask') else to_float64(t) for n, t in inputs.items()}
    if info['config'].get('decode'):
      cells = {n: jnp.zeros_like(t) for n, t in variables['cache'].items()}
      answers = decode(build(info64), info64, inputs64, {**variables, 'cache': cells})
    else:
      answers = apply(build(info64), info64, inputs64, variables)
  return distance(outputs, answers)


def in_float64(info):
  """Returns the same case in float64, without sowing and mutable collections except the cache."""
  changes = {'dtype': None, 'param_dtype': 'float64', 'force_fp32_for_softmax': False}
  if 'force_fp32_for_softmax' not in info['config']:
    del changes['force_fp32_for_softmax']
  options = {k: v for k, v in info.get('call', {}).items() if k != 'sow_weights'}
  return {**info, 'config': {**info['config'], **changes}, 'call': options, 'apply': {}}


def distance(answers, true):
  """Returns the largest difference from the reference tensors, relative to their largest value."""
  far, large = 0.0, 0.0
  for name, answer in answers.items():
    given = np.asarray(answer).astype(np.float64)
    wanted = np.asarray(true[name], np.float64)
    if not np.isfinite(given).all():
      return None
    if wanted.size and np.isfinite(wanted).all():
      far = max(far, float(np.abs(given - wanted).max()))
      large = max(large, float(np.abs(wanted).max()))
  return far / large if large else None


def to_float64(tensor):
  tensor = np.asarray(tensor)
  inexact = tensor.dtype.name in PRECISION
  return jnp.asarray(tensor.astype(np.float64)) if inexact else jnp.asarray(tensor)
