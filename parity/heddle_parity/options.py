"""Attention with the options that Linen's module does not have, written from the equation of each.

`check` compares it with the libraries that have an option: `flax.nnx` and `jax.nn`.
"""

import math
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax.linen.dtypes import promote_dtype

KEYS = ('num_kv_heads', 'is_causal', 'causal_alignment', 'sliding_window', 'scale', 'logits_soft_cap')


class Attention(nn.Module):
  """The parameters, names and random streams of Linen's module, and its options."""

  num_heads: int
  dtype: Any = None
  param_dtype: Any = jnp.float32
  qkv_features: int | None = None
  out_features: int | None = None
  broadcast_dropout: bool = True
  dropout_rate: float = 0.0
  deterministic: bool | None = None
  kernel_init: Any = nn.initializers.lecun_normal()
  bias_init: Any = nn.initializers.zeros
  use_bias: bool = True
  decode: bool = False
  normalize_qk: bool = False
  num_kv_heads: int | None = None
  is_causal: bool = False
  causal_alignment: str = 'top_left'
  sliding_window: tuple | None = None
  scale: float | None = None
  logits_soft_cap: float | None = None

  @nn.compact
  def __call__(
    self,
    inputs_q,
    inputs_k=None,
    inputs_v=None,
    *,
    inputs_kv=None,
    mask=None,
    deterministic=None,
    dropout_rng=None,
    sow_weights=False,
  ):
    if inputs_k is None:
      inputs_k = inputs_q if inputs_kv is None else inputs_kv
    if inputs_v is None:
      inputs_v = inputs_k
    kv_heads = self.num_kv_heads or self.num_heads
    depth = (self.qkv_features or inputs_q.shape[-1]) // self.num_heads
    query = self._project('query', (self.num_heads, depth))(inputs_q)
    key = self._project('key', (kv_heads, depth))(inputs_k)
    value = self._project('value', (kv_heads, depth))(inputs_v)
    if self.normalize_qk:
      norm = dict(use_bias=False, dtype=self.dtype, param_dtype=self.param_dtype)
      query = nn.LayerNorm(name='query_ln', **norm)(query)
      key = nn.LayerNorm(name='key_ln', **norm)(key)
    first = 0
    if self.decode:
      query, key, value, mask, first = self._cached(query, key, value, mask)
    elif self.causal_alignment == 'bottom_right':
      first = key.shape[-3] - query.shape[-3]
    query, key, value = promote_dtype(query, key, value, dtype=self.dtype)
    weights = self._weights(query, key, mask, first)
    if sow_weights:
      self.sow('intermediates', 'attention_weights', weights)
    weights = self._dropped(weights, deterministic, dropout_rng)
    value = jnp.repeat(value, self.num_heads // kv_heads, axis=-2)
    attended = jnp.einsum('...hqk,...khd->...qhd', weights, value)
    features = self.out_features or inputs_q.shape[-1]
    return self._project('out', features, axis=(-2, -1))(attended)

  def _project(self, name, features, axis=-1):
    return nn.DenseGeneral(
      features=features,
      axis=axis,
      name=name,
      dtype=self.dtype,
      param_dtype=self.param_dtype,
      kernel_init=self.kernel_init,
      bias_init=self.bias_init,
      use_bias=self.use_bias,
    )

  def _cached(self, query, key, value, mask):
    """Adds a position to the cache; returns what the query attends to, and its position."""
    made = self.has_variable('cache', 'cached_key')
    keys = self.variable('cache', 'cached_key', jnp.zeros, key.shape, key.dtype)
    values = self.variable('cache', 'cached_value', jnp.zeros, value.shape, value.dtype)
    index = self.variable('cache', 'cache_index', lambda: jnp.array(0, jnp.int32))
    if not made:
      return query, key, value, mask, 0
    position = int(index.value)
    keys.value = keys.value.at[..., position, :, :].set(key[..., 0, :, :])
    values.value = values.value.at[..., position, :, :].set(value[..., 0, :, :])
    index.value = index.value + 1
    filled = jnp.arange(keys.value.shape[-3]) <= position
    mask = filled if mask is None else jnp.logical_and(mask, filled)
    return query, keys.value, values.value, mask, position

  def _weights(self, query, key, mask, first):
    """softmax(cap tanh(scale q k / cap)), masked keys at the lowest number of the dtype."""
    dtype = query.dtype
    key = jnp.repeat(key, query.shape[-2] // key.shape[-2], axis=-2)
    if self.scale is None:
      query = query / jnp.sqrt(query.shape[-1]).astype(dtype)
      scores = jnp.einsum('...qhd,...khd->...hqk', query, key)
    else:
      scores = jnp.einsum('...qhd,...khd->...hqk', query * self.scale, key)
    if self.logits_soft_cap is not None:
      scores = self.logits_soft_cap * jnp.tanh(scores / self.logits_soft_cap)
    at = jnp.arange(scores.shape[-2])[:, None] + first
    distance = jnp.arange(scores.shape[-1])[None, :] - at
    seen = jnp.ones(distance.shape, bool)
    if self.is_causal:
      seen &= distance <= 0
    left, right = self.sliding_window or (None, None)
    if left is not None:
      seen &= distance >= -left
    if right is not None:
      seen &= distance <= right
    if mask is not None:
      seen = jnp.logical_and(seen, mask)
    scores = jnp.where(seen, scores, jnp.finfo(dtype).min)
    return jax.nn.softmax(scores).astype(dtype)

  def _dropped(self, weights, deterministic, key):
    if not self.dropout_rate:
      return weights
    if nn.merge_param('deterministic', self.deterministic, deterministic):
      return weights
    key = self.make_rng('dropout') if key is None else key
    shape = list(weights.shape)
    if self.broadcast_dropout:
      shape = [1] * (len(shape) - 2) + shape[-2:]
    kept = jax.random.bernoulli(key, 1 - self.dropout_rate, shape)
    factor = kept.astype(weights.dtype) / jnp.asarray(1 - self.dropout_rate, weights.dtype)
    return weights * factor


def check():
  """Raises an error if the equation differs from a library that has the option."""
  from flax import nnx

  random = np.random.RandomState(0)
  x = jnp.asarray(random.randn(2, 5, 8), jnp.float32)
  y = jnp.asarray(random.randn(2, 7, 8), jnp.float32)
  for config in ({'num_kv_heads': 2}, {'num_kv_heads': 1}, {}):
    module = Attention(num_heads=4, bias_init=nn.initializers.normal(1.0), **config)
    params = module.init(jax.random.PRNGKey(0), x, y)['params']
    other = nnx.MultiHeadAttention(4, 8, decode=False, rngs=nnx.Rngs(0), **config)
    for name in ('query', 'key', 'value', 'out'):
      projection = getattr(other, name)
      projection.kernel[...] = params[name]['kernel']
      projection.bias[...] = params[name]['bias']
    _demand(f'nnx {config}', other(x, y, y), module.apply({'params': params}, x, y))
  q = jnp.asarray(random.randn(2, 9, 4, 8), jnp.float32)
  k = jnp.asarray(random.randn(2, 12, 2, 8), jnp.float32)
  v = jnp.asarray(random.randn(2, 12, 2, 8), jnp.float32)
  for config in (
    {'is_causal': True},
    {'scale': 0.3},
    {'sliding_window': (3, 2)},
    {'sliding_window': (2, 0), 'is_causal': True, 'scale': 1.5},
  ):
    module = Attention(num_heads=4, num_kv_heads=2, **config)
    weights = module.apply({}, q, k, None, 0, method='_weights')
    ours = jnp.einsum('bhqk,bkhd->bqhd', weights, jnp.repeat(v, 2, axis=2))
    theirs = {n.replace('sliding', 'local') + '_size' * (n == 'sliding_window'): a for n, a in config.items()}
    _demand(f'jax.nn {config}', jax.nn.dot_product_attention(q, k, v, **theirs), ours)


def _demand(what, theirs, ours):
  far = float(jnp.abs(theirs - ours).max())
  if not far < 1e-5 or math.isnan(far):
    raise ValueError(f'{what}: the equation differs by {far}')
