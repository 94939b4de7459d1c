"""Turns a configuration's JSON into Flax's constructor arguments."""

import flax.linen as nn
import jax.numpy as jnp

from heddle_parity import hooks

DTYPES = ('dtype', 'param_dtype')
INITIALIZERS = (
  'kernel_init',
  'bias_init',
  'out_kernel_init',
  'out_bias_init',
  'embedding_init',
  'scale_init',
)
DOT_GENERALS = ('qkv_dot_general', 'out_dot_general', 'dot_general')
DOT_GENERAL_CLASSES = ('qkv_dot_general_cls', 'out_dot_general_cls')
EINSUM_CLASSES = ('qk_attn_weights_einsum_cls', 'attn_weights_value_einsum_cls')


def constructor(config):
  """The keyword arguments for the class that `config` configures."""
  return {name: _argument(name, value) for name, value in config.items()}


def initializer(spec):
  """An initializer from its name, or from {"name": ..., its arguments}."""
  if isinstance(spec, str):
    spec = {'name': spec}
  arguments = dict(spec)
  name = arguments.pop('name')
  if name in hooks.INITIALIZERS:
    return hooks.INITIALIZERS[name]
  found = getattr(nn.initializers, name)
  if name in ('zeros', 'ones'):
    return found
  return found(**{k: dtype(v) if k == 'dtype' else v for k, v in arguments.items()})


def dtype(name):
  """The dtype of a name; None stays None."""
  return None if name is None else jnp.dtype(name)


def _argument(name, value):
  if value is None:
    return None
  if name in DTYPES:
    return dtype(value)
  if name in INITIALIZERS:
    return initializer(value)
  if name == 'attention_fn':
    return hooks.ATTENTION_FNS[value]
  if name in DOT_GENERALS:
    return hooks.DOT_GENERALS[value]
  if name in DOT_GENERAL_CLASSES:
    return lambda: hooks.DOT_GENERALS[value]
  if name in EINSUM_CLASSES:
    return hooks.EINSUM_CLASSES[value]
  if isinstance(value, list):
    return tuple(value)
  return value
