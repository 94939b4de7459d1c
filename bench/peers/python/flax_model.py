"""A step of training the small causal language model in Flax and Optax."""

import pathlib
import sys

import jax
import optax

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "parity"))

from heddle_parity.causal_language_model import CausalLanguageModel  # noqa: E402


def training(params, tokens, settings, dtype):
    """A step, compiled, as a function of its state and the tokens; and the first state.

    The state is the parameters, the optimizer's, and the loss before the step; its memory goes to
    the next one.
    """
    vocabulary, features = params["embed"]["embedding"].shape
    wide = params["embed"]["embedding"].dtype
    model = CausalLanguageModel(
        vocabulary=vocabulary,
        length=params["positions"]["embedding"].shape[0],
        features=features,
        heads=settings["heads"],
        layers=sum(name.startswith("block_") for name in params),
        dtype=dtype,
        param_dtype=wide,
    )
    optimizer = optax.adamw(
        settings["learning_rate"],
        b1=settings["b1"],
        b2=settings["b2"],
        eps=settings["eps"],
        weight_decay=settings["weight_decay"],
    )

    def loss(params, tokens):
        logits = model.apply({"params": params}, tokens[:, :-1]).astype(wide)
        return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()

    def step(state, tokens):
        params, moments, _ = state
        value, gradients = jax.value_and_grad(loss)(params, tokens)
        updates, moments = optimizer.update(gradients, moments, params)
        return optax.apply_updates(params, updates), moments, value

    start = (params, optimizer.init(params), jax.numpy.zeros((), wide))
    return jax.jit(step, donate_argnums=0), start
