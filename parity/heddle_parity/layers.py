"""Runs the cases of single layers: Dense, DenseGeneral, LayerNorm, Dropout, Embed."""

import flax.linen as nn
import jax.numpy as jnp

from heddle_parity import config as configs
from heddle_parity.era import flatten, rngs

CLASSES = {
  'dense': 'Dense',
  'dense_general': 'DenseGeneral',
  'layer_norm': 'LayerNorm',
  'dropout': 'Dropout',
  'embed': 'Embed',
}


def run(case):
  """init, then apply with the same inputs; `method` names another method for both."""
  info = case.info
  module = getattr(nn, CLASSES[info['kind']])(**configs.constructor(info['config']))
  given = [jnp.asarray(tensor) for tensor in case.inputs().values()]
  call = dict(info.get('call', {}))
  variables = module.init(rngs(info['init']['rngs']), *given[:1], **call)
  case.tensors.update(flatten('init', variables))
  if info.get('method'):
    call['method'] = getattr(module, info['method'])
    given = given[1:]
  apply = info.get('apply', {})
  output = module.apply(variables, *given, rngs=rngs(apply.get('rngs')) or None, **call)
  case.tensors.update(flatten('apply/output', output))


RUNNERS = {kind: run for kind in CLASSES}
