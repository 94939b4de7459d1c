"""Writes golden/optim.txt with Optax: one line per case, `NAME DTYPE VALUE...`, values as hexadecimal float64.

    python optim_golden.py float32 bfloat16 > golden/optim.txt
    JAX_ENABLE_X64=1 python optim_golden.py float64 >> golden/optim.txt

A schedule's values are those at COUNTS; an optimizer's are the parameters after STEPS steps with the gradients of `gradient`.
The names are those of OptimGoldenTest.
"""

import sys

import jax.numpy as jnp
import numpy as np
import optax

COUNTS = (0, 1, 2, 3, 4, 5, 7, 10, 11, 13, 20, 100)
SIZE = 37
STEPS = 5


def line(name, dtype, values):
    print(name, dtype, *(float(value).hex() for value in values))


def parameters(dtype):
    return jnp.asarray([((i * 7) % 13 - 6) / 8 for i in range(SIZE)], dtype)


def gradient(step, dtype):
    return jnp.asarray([((i * 5 + step * 11) % 17 - 8) / 16 for i in range(SIZE)], dtype)


SCHEDULES = {
    "constant": optax.constant_schedule(0.3),
    "linear": optax.linear_schedule(0.1, 0.9, 10),
    "linear_begin": optax.linear_schedule(0.9, 0.1, 7, 3),
    "linear_none": optax.linear_schedule(0.2, 0.9, 0),
    "polynomial": optax.polynomial_schedule(1.0, 0.1, 3, 10, 2),
    "polynomial_root": optax.polynomial_schedule(1.0, 0.1, 0.5, 10),
    "polynomial_even": optax.polynomial_schedule(0.1, 2.0, 6, 11),
    "exponential": optax.exponential_decay(0.7, 4, 0.5),
    "exponential_staircase": optax.exponential_decay(0.7, 4, 0.5, 2, True),
    "exponential_end": optax.exponential_decay(0.7, 4, 0.5, 0, False, 0.3),
    "exponential_up": optax.exponential_decay(0.7, 4, 1.5, 1, False, 1.5),
    "exponential_one": optax.exponential_decay(1.0, 4, 1.0, 0, False, 2.0),
    "exponential_one_below": optax.exponential_decay(1.0, 4, 1.0, 0, False, 0.5),
    "exponential_zero": optax.exponential_decay(0.7, 4, 0.0),
    "cosine": optax.cosine_decay_schedule(0.4, 11),
    "cosine_alpha": optax.cosine_decay_schedule(0.4, 11, 0.25, 2.0),
    "piecewise": optax.piecewise_constant_schedule(0.4, {3: 0.5, 7: 0.1, 11: 3.0}),
    "piecewise_none": optax.piecewise_constant_schedule(0.4),
    "joined": optax.join_schedules(
        [optax.linear_schedule(0.0, 1.0, 3), optax.constant_schedule(0.5), optax.linear_schedule(0.5, 0.0, 5)],
        [3, 7],
    ),
    "warmup_constant": optax.warmup_constant_schedule(0.1, 0.7, 5),
    "warmup_cosine": optax.warmup_cosine_decay_schedule(0.0, 0.5, 3, 13, 0.05),
    "warmup_cosine_exponent": optax.warmup_cosine_decay_schedule(0.1, 0.5, 3, 13, 0.05, 2.0),
    "warmup_cosine_zero": optax.warmup_cosine_decay_schedule(0.1, 0.0, 3, 13, 0.05),
    "warmup_exponential": optax.warmup_exponential_decay_schedule(0.0, 0.5, 4, 5, 0.7),
}

FALLING = optax.linear_schedule(0.5, 0.1, 4)
OPTIMIZERS = {
    "sgd": optax.sgd(0.1),
    "sgd_schedule": optax.sgd(FALLING),
    "momentum": optax.sgd(0.1, momentum=0.9),
    "nesterov": optax.sgd(0.1, momentum=0.9, nesterov=True),
    "momentum_bfloat16": optax.sgd(0.1, momentum=0.9, accumulator_dtype=jnp.bfloat16),
    "adam": optax.adam(0.01),
    "adam_settings": optax.adam(0.01, b1=0.8, b2=0.95, eps=1e-3, eps_root=1e-2),
    "adam_nesterov": optax.adam(0.01, nesterov=True),
    "adam_bfloat16": optax.adam(0.01, mu_dtype=jnp.bfloat16),
    "adamw": optax.adamw(0.01, weight_decay=0.1),
    "adamw_schedule": optax.adamw(FALLING, weight_decay=0.1),
    "adamw_mask": optax.adamw(0.01, weight_decay=0.1, mask=lambda params: {"a": True, "b": False}),
    "lion": optax.lion(0.01),
    "lion_settings": optax.lion(0.01, b1=0.8, b2=0.95, weight_decay=0.1),
    "lion_bfloat16": optax.lion(0.01, mu_dtype=jnp.bfloat16),
    "clip": optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(0.1)),
    "clip_far": optax.chain(optax.clip_by_global_norm(1000.0), optax.sgd(0.1)),
    "decayed": optax.chain(optax.add_decayed_weights(0.1), optax.scale(-0.5)),
    "scheduled": optax.chain(optax.scale_by_adam(), optax.scale_by_schedule(FALLING), optax.scale(-1.0)),
    "multi_mean": optax.MultiSteps(optax.sgd(0.1), 2),
    "multi_sum": optax.MultiSteps(optax.sgd(0.1), 2, use_grad_mean=False),
}

for name, schedule in SCHEDULES.items() if "float32" in sys.argv else ():
    line(name, "float32", [schedule(jnp.asarray(count, jnp.int32)) for count in COUNTS])

for name, optimizer in OPTIMIZERS.items():
    for dtype in sys.argv[1:]:
        params = {"a": parameters(dtype), "b": parameters(dtype)[::-1]}
        state = optimizer.init(params)
        for step in range(STEPS):
            grads = {"a": gradient(step, dtype), "b": gradient(step + 3, dtype)}
            updates, state = optimizer.update(grads, state, params)
            params = optax.apply_updates(params, updates)
        line(name, dtype, np.concatenate([np.asarray(params[key], np.float64) for key in "ab"]))
