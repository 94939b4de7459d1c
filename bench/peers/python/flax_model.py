"""Heddle's small causal language model, written with Flax Linen; the parameters have the same names."""

import flax.linen as nn
import jax
import optax


class Block(nn.Module):
    heads: int
    dtype: jax.numpy.dtype

    @nn.compact
    def __call__(self, x, mask):
        features = x.shape[-1]
        y = nn.LayerNorm(dtype=self.dtype, name="ln_1")(x)
        x = x + nn.MultiHeadDotProductAttention(
            num_heads=self.heads, dtype=self.dtype, name="attention"
        )(y, mask=mask)
        y = nn.LayerNorm(dtype=self.dtype, name="ln_2")(x)
        y = nn.gelu(nn.Dense(4 * features, dtype=self.dtype, name="up")(y))
        return x + nn.Dense(features, dtype=self.dtype, name="down")(y)


class LanguageModel(nn.Module):
    vocabulary: int
    length: int
    features: int
    heads: int
    blocks: int
    dtype: jax.numpy.dtype

    @nn.compact
    def __call__(self, tokens):
        embed = nn.Embed(self.vocabulary, self.features, dtype=self.dtype, name="embed")
        positions = nn.Embed(self.length, self.features, dtype=self.dtype, name="positions")
        x = embed(tokens) + positions(jax.numpy.arange(tokens.shape[-1]))
        mask = nn.make_causal_mask(tokens[:1])
        for i in range(self.blocks):
            x = Block(self.heads, self.dtype, name=f"block_{i}")(x, mask)
        return embed.attend(nn.LayerNorm(dtype=self.dtype, name="ln")(x))


def training(params, tokens, settings, dtype):
    """A step of training, compiled, as a function of its state and the tokens; and the first state.

    The state is the parameters, the optimizer's, and the loss before the step; its memory goes to
    the next one.
    """
    vocabulary, features = params["embed"]["embedding"].shape
    model = LanguageModel(
        vocabulary=vocabulary,
        length=params["positions"]["embedding"].shape[0],
        features=features,
        heads=settings["heads"],
        blocks=sum(name.startswith("block_") for name in params),
        dtype=dtype,
    )
    optimizer = optax.adamw(
        settings["learning_rate"],
        b1=settings["b1"],
        b2=settings["b2"],
        eps=settings["eps"],
        weight_decay=settings["weight_decay"],
    )

    def loss(params, tokens):
        logits = model.apply({"params": params}, tokens[:, :-1])
        wide = logits.astype(jax.numpy.promote_types(logits.dtype, jax.numpy.float32))
        return optax.softmax_cross_entropy_with_integer_labels(wide, tokens[:, 1:]).mean()

    def step(state, tokens):
        params, moments, _ = state
        value, gradients = jax.value_and_grad(loss)(params, tokens)
        updates, moments = optimizer.update(gradients, moments, params)
        return optax.apply_updates(params, updates), moments, value

    start = (params, optimizer.init(params), jax.numpy.zeros((), params["ln"]["bias"].dtype))
    return jax.jit(step, donate_argnums=0), start
