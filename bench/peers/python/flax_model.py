"""A step of training the small causal language model in Flax and Optax."""

import pathlib
import sys

import jax
import optax

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "parity"))

from heddle_parity.causal_language_model import CausalLanguageModel  # noqa: E402


def training(params, tokens, settings, dtype):
    """Returns the compiled training step, a function of state and tokens, and the initial state.

    The state holds the parameters, the optimizer state and the loss before the step; its buffers
    are donated to the next step.
    """
    vocabulary, features = params["embed"]["embedding"].shape
    param_dtype = params["embed"]["embedding"].dtype
    model = CausalLanguageModel(
        vocabulary=vocabulary,
        length=params["positions"]["embedding"].shape[0],
        features=features,
        heads=settings["heads"],
        layers=sum(name.startswith("block_") for name in params),
        dtype=dtype,
        param_dtype=param_dtype,
    )
    optimizer = optax.adamw(
        settings["learning_rate"],
        b1=settings["b1"],
        b2=settings["b2"],
        eps=settings["eps"],
        weight_decay=settings["weight_decay"],
    )

    def loss(params, tokens):
        logits = model.apply({"params": params}, tokens[:, :-1]).astype(param_dtype)
        return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()

    def step(state, tokens):
        params, moments, _ = state
        value, gradients = jax.value_and_grad(loss)(params, tokens)
        updates, moments = optimizer.update(gradients, moments, params)
        return optax.apply_updates(params, updates), moments, value

    start = (params, optimizer.init(params), jax.numpy.zeros((), param_dtype))
    return jax.jit(step, donate_argnums=0), start
