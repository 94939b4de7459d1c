"""dev.heddle.models.CausalLanguageModel in Flax Linen: the same variables, the same numbers."""

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class Block(nn.Module):
  heads: int
  dropout_rate: float = 0.0
  dtype: Any = None
  param_dtype: Any = jnp.float32

  @nn.compact
  def __call__(self, x, mask, deterministic):
    types = dict(dtype=self.dtype, param_dtype=self.param_dtype)
    features = x.shape[-1]
    init = nn.initializers.normal(0.02)
    drop = lambda name: nn.Dropout(self.dropout_rate, deterministic=deterministic, name=name)
    h = nn.LayerNorm(**types, name='ln_1')(x)
    h = nn.MultiHeadDotProductAttention(
        num_heads=self.heads, dropout_rate=self.dropout_rate, kernel_init=init, **types,
        name='attention'
    )(h, h, mask=mask, deterministic=deterministic)
    x = x + drop('dropout_1')(h)
    h = nn.LayerNorm(**types, name='ln_2')(x)
    h = nn.gelu(nn.Dense(4 * features, kernel_init=init, **types, name='up')(h))
    h = nn.Dense(features, kernel_init=init, **types, name='down')(h)
    return x + drop('dropout_2')(h)


class CausalLanguageModel(nn.Module):
  vocabulary: int = 256
  length: int = 128
  features: int = 128
  heads: int = 4
  layers: int = 4
  dropout_rate: float = 0.0
  dtype: Any = None
  param_dtype: Any = jnp.float32

  @nn.compact
  def __call__(self, tokens, deterministic=True):
    types = dict(dtype=self.dtype, param_dtype=self.param_dtype)
    table = dict(features=self.features, embedding_init=nn.initializers.normal(0.02), **types)
    embed = nn.Embed(self.vocabulary, **table, name='embed')
    positions = nn.Embed(self.length, **table, name='positions')
    x = embed(tokens) + positions(jnp.arange(tokens.shape[-1]))
    x = nn.Dropout(self.dropout_rate, deterministic=deterministic, name='dropout')(x)
    mask = nn.make_causal_mask(tokens)
    for i in range(self.layers):
      block = Block(self.heads, self.dropout_rate, **types, name=f'block_{i}')
      x = block(x, mask, deterministic)
    return embed.attend(nn.LayerNorm(**types, name='ln')(x))
