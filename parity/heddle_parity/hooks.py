"""The functions that a configuration names `parity:...`; Java's tests have the same functions."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def explicit_default(
  query,
  key,
  value,
  mask=None,
  dropout_rng=None,
  dropout_rate=0.0,
  broadcast_dropout=True,
  deterministic=False,
  dtype=None,
  precision=None,
):
  """The default function with a fixed list of arguments; newer arguments are not passed."""
  return nn.dot_product_attention(
    query,
    key,
    value,
    mask=mask,
    dropout_rng=dropout_rng,
    dropout_rate=dropout_rate,
    broadcast_dropout=broadcast_dropout,
    deterministic=deterministic,
    dtype=dtype,
    precision=precision,
  )


def biased(
  query,
  key,
  value,
  mask=None,
  dropout_rng=None,
  dropout_rate=0.0,
  broadcast_dropout=True,
  deterministic=False,
  dtype=None,
  precision=None,
):
  """The default function with a bias, [..., 1, Q, K], that depends on query and key."""
  bias = jnp.einsum('...qhd,...khd->...qk', jnp.tanh(query), key)[..., None, :, :]
  return nn.dot_product_attention(
    query,
    key,
    value,
    bias=bias,
    mask=mask,
    dropout_rng=dropout_rng,
    dropout_rate=dropout_rate,
    broadcast_dropout=broadcast_dropout,
    deterministic=deterministic,
    dtype=dtype,
    precision=precision,
  )


def relu_linear(
  query,
  key,
  value,
  mask=None,
  dropout_rng=None,
  dropout_rate=0.0,
  broadcast_dropout=True,
  deterministic=False,
  dtype=None,
  precision=None,
):
  """relu(q k) times (mask != 0), no scale, no softmax, no dropout; then the weighted sum."""
  weights = jax.nn.relu(jnp.einsum('...qhd,...khd->...hqk', query, key))
  if mask is not None:
    weights = weights * (mask != 0).astype(weights.dtype)
  return jnp.einsum('...hqk,...khd->...qhd', weights, value)


def from_weights(
  query,
  key,
  value,
  mask=None,
  dropout_rng=None,
  dropout_rate=0.0,
  broadcast_dropout=True,
  deterministic=False,
  dtype=None,
  precision=None,
  **module,
):
  """Flax's attention weights, then a separate weighted sum."""
  weights = nn.dot_product_attention_weights(
    query,
    key,
    mask=mask,
    dropout_rng=dropout_rng,
    dropout_rate=dropout_rate,
    broadcast_dropout=broadcast_dropout,
    deterministic=deterministic,
    dtype=dtype,
    precision=precision,
    **module,
  )
  return jnp.einsum('...hqk,...khd->...qhd', weights, value)


def arange(key, shape, dtype=jnp.float32):
  """0/n, 1/n, ... (n-1)/n: divided in float32 (float64 for float64), then cast."""
  compute_dtype = np.float64 if np.dtype(dtype) == np.float64 else np.float32
  size = int(np.prod(shape))
  values = np.arange(size).astype(compute_dtype) / compute_dtype(size)
  return jnp.asarray(values.reshape(shape).astype(dtype))


def twice_dot_general(*args, **kwargs):
  """`lax.dot_general`, its result times two."""
  return 2 * jax.lax.dot_general(*args, **kwargs)


def twice_einsum(*args, **kwargs):
  """`jnp.einsum`, its result times two."""
  return 2 * jnp.einsum(*args, **kwargs)


ATTENTION_FNS = {
  'parity:explicit_default': explicit_default,
  'parity:biased': biased,
  'parity:relu_linear': relu_linear,
  'parity:from_weights': from_weights,
}
INITIALIZERS = {'parity:arange': arange}
DOT_GENERALS = {'parity:twice': twice_dot_general}
EINSUM_CLASSES = {'parity:twice': lambda: twice_einsum}
