"""Writes what Flax does into a text file, for the tests of dev.heddle.linen.

    python linen_golden.py ../resources/dev/heddle/linen/modern.txt    (flax 0.12.8, jax 0.10.2)
    python linen_golden.py ../resources/dev/heddle/linen/classic.txt   (flax 0.7.2, jax 0.4.20)

A line is a case, a tensor's path, its type, its shape and its bytes (little-endian, in hex).
"""

import sys

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

MODERN = flax.__version__ != "0.7.2"
lines = []


def flatten(tree, prefix=""):
    if isinstance(tree, (dict, flax.core.FrozenDict)):
        for name, node in tree.items():
            yield from flatten(node, f"{prefix}/{name}" if prefix else name)
    elif isinstance(tree, (tuple, list)):
        for i, node in enumerate(tree):
            yield from flatten(node, f"{prefix}/{i}" if prefix else str(i))
    else:
        yield prefix, np.asarray(tree)


def emit(case, **trees):
    for name, tree in trees.items():
        for path, array in flatten({name: tree}):
            shape = ",".join(map(str, array.shape)) or "-"
            lines.append(f"{case} {path} {array.dtype.name} {shape} {array.tobytes().hex() or '-'}")


def counted(*shape, dtype=jnp.float32, scale=0.25):
    """Exact small numbers, the same that the tests make: 0, 1, -2, 3, -4, ... times scale."""
    n = int(np.prod(shape))
    i = np.arange(n)
    return jnp.asarray((np.where(i % 2 == 0, -i, i) * scale).reshape(shape), dtype)


def data(key):
    return np.asarray(jax.random.key_data(key) if jnp.issubdtype(key.dtype, jax.dtypes.prng_key) else key)


K0, K1 = jax.random.PRNGKey(0), jax.random.PRNGKey(1)


# The module system.

class Mlp(nn.Module):
    @nn.compact
    def __call__(self, x, train=False):
        x = nn.Dense(4)(x)
        return nn.Dropout(0.5, deterministic=not train)(x)


x = jnp.ones((1, 3))
v = Mlp().init(K0, x)
emit("mlp", variables=v, output=Mlp().apply(v, x), dropped=Mlp().apply(v, x, train=True, rngs={"dropout": K1}))


class Names(nn.Module):
    @nn.compact
    def __call__(self, x):
        a = nn.Dense(2)
        b = nn.Dense(3, name="middle")
        c = nn.Dense(2)
        x = c(x)  # made second, used first
        x = a(b(x))
        x = nn.LayerNorm()(x)
        return a_again(self, x)


def a_again(self, x):
    d = nn.Dense(2)
    return d(d(x))


v = Names().init(K0, counted(2, 2))
emit("names", variables=v, output=Names().apply(v, counted(2, 2)))


class Block(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(x.shape[-1])(x)


class Setup(nn.Module):
    def setup(self):
        self.layers = [Block(), Block()]
        self.heads = {"left": nn.Dense(2), "right": nn.Dense(2)}
        self.unused = nn.Dense(7)
        self.last = nn.Dense(2)

    def __call__(self, x):
        y = self.last(x)
        for layer in self.layers:
            y = layer(y)
        return self.heads["right"](y) + self.heads["left"](y) + self.layers[0](y)


v = Setup().init(K0, counted(2, 2))
emit("setup", variables=v, output=Setup().apply(v, counted(2, 2)))


class Inner(nn.Module):
    layer: nn.Module

    @nn.compact
    def __call__(self, x):
        return self.layer(nn.Dense(2)(x))


class Outer(nn.Module):
    @nn.compact
    def __call__(self, x):
        return Inner(nn.Dense(2))(x)


v = Outer().init(K0, counted(2, 2))
emit("constructed", variables=v, output=Outer().apply(v, counted(2, 2)))
v = Inner(nn.Dense(2, name="ignored")).init(K0, counted(2, 2))
emit("attribute", variables=v)


class Keys(nn.Module):
    """Draws keys; its own parameters draw from the stream 'params' as well."""

    @nn.compact
    def __call__(self, x):
        self.param("a", nn.initializers.normal(), (2,))
        self.param("b", nn.initializers.normal(), (2,))
        return data(self.make_rng("params")), data(self.make_rng("dropout")), data(self.make_rng("dropout"))


class Root(nn.Module):
    @nn.compact
    def __call__(self, x):
        keys = Keys(name="schlüssel")
        return {"first": keys(x), "again": keys(x), "own": data(self.make_rng("dropout"))}


rngs = {"params": K0, "dropout": K1}
out, v = Root().init_with_output(rngs, x)
emit("keys", init=out, variables=v, apply=Root().apply(v, x, rngs=rngs))
if MODERN:
    out, v = Root().init_with_output({"params": K0}, x)
    emit("fallback", init=out, apply=Root().apply(v, x, rngs={"params": K0}))
flax.config.update("flax_fix_rng_separator", True)
out, v = Root().init_with_output(rngs, x)
emit("separator", init=out, variables=v)
flax.config.update("flax_fix_rng_separator", False)


class Many(nn.Module):
    @nn.compact
    def __call__(self, x):
        for _ in range(256):
            key = self.make_rng("dropout")
        return data(key)


emit("draw256", output=Many().apply({}, x, rngs={"dropout": K1}))


class Sowing(nn.Module):
    @nn.compact
    def __call__(self, x):
        self.sow("intermediates", "h", x)
        self.sow("intermediates", "h", 2 * x)
        self.sow("losses", "sum", x, init_fn=lambda: jnp.zeros_like(x), reduce_fn=lambda a, b: a + b)
        self.sow("losses", "sum", x, init_fn=lambda: jnp.zeros_like(x), reduce_fn=lambda a, b: a + b)
        steps = self.variable("state", "steps", lambda: jnp.zeros((), jnp.int32))
        if self.is_mutable_collection("state"):
            steps.value = steps.value + 1
        return nn.Dense(2)(x)


v = Sowing().init(K0, x)
_, after = Sowing().apply(v, x, mutable=["intermediates", "state"])
_, again = Sowing().apply({**v, **after}, x, mutable=["intermediates"])
_, deny = Sowing().apply(v, x, mutable=nn.DenyList("params") if hasattr(nn, "DenyList") else flax.core.DenyList("params"))
_, nothing = Sowing().apply(v, x, mutable=[])
emit("sow", init=v, after=after, again=again, deny=deny, nothing=nothing)


class Perturbed(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(2)(self.perturb("h", nn.Dense(3)(x)))


v = Perturbed().init(K0, x)
nudged = {**v, "perturbations": {"h": jnp.ones((1, 3))}}
emit("perturb", variables=v, plain=Perturbed().apply({"params": v["params"]}, x), nudged=Perturbed().apply(nudged, x))

_, v2 = Names().apply(Names().init(K0, counted(2, 2)), counted(2, 2), capture_intermediates=True)
emit("capture", variables=v2)

# Layers.

def layer(case, module, *inputs, x64=False):
    jax.config.update("jax_enable_x64", x64)
    inputs = [jnp.asarray(i) for i in inputs]
    out, v = module.init_with_output(jax.random.PRNGKey(0), *inputs)
    emit(case, input=inputs[0], variables=v, output=out)
    jax.config.update("jax_enable_x64", False)


layer("dense", nn.Dense(5), counted(3, 4))
layer("dense-vector", nn.Dense(5, use_bias=False), counted(4))
layer("dense-int", nn.Dense(5), counted(2, 3, scale=1).astype(jnp.int32))
layer("dense-int-bf16", nn.Dense(3, param_dtype=jnp.bfloat16), counted(2, 3, scale=1).astype(jnp.int32))
layer("dense-bf16", nn.Dense(3, dtype=jnp.bfloat16), counted(2, 3))
layer("dense-f16", nn.Dense(3, param_dtype=jnp.float16), counted(2, 3, dtype=jnp.float16))
layer("dense-mixed", nn.Dense(3, param_dtype=jnp.float16), counted(2, 3, dtype=jnp.bfloat16))
layer("dense-f64", nn.Dense(3), np.asarray(counted(2, 3), np.float64), x64=True)
layer("dense-params-f64", nn.Dense(3, param_dtype=jnp.float64), counted(2, 3), x64=True)
layer("general", nn.DenseGeneral((2, 3)), counted(2, 4))
layer("general-axes", nn.DenseGeneral((4, 5), axis=(1, -1)), counted(1, 3, 2, 7))
layer("general-axes-turned", nn.DenseGeneral(3, axis=(-1, 1)), counted(2, 3, 4, 5))
layer("general-batch", nn.DenseGeneral((2, 3), axis=(-1,), batch_dims=(0,)), counted(2, 4, 3))
layer("general-batch2", nn.DenseGeneral(5, axis=(2, 4), batch_dims=(0, 1), bias_init=nn.initializers.normal()), counted(2, 3, 2, 2, 3))
layer("general-whole", nn.DenseGeneral(3, axis=(-2, -1), kernel_init=nn.initializers.xavier_uniform()), counted(2, 3))
layer("norm", nn.LayerNorm(), counted(3, 4))
layer("norm-constant", nn.LayerNorm(use_bias=False), jnp.full((2, 4), 3.0))
layer("norm-slow", nn.LayerNorm(use_fast_variance=False, epsilon=1e-3), counted(3, 4))
layer("norm-bare", nn.LayerNorm(use_bias=False, use_scale=False), counted(3, 4))
layer("norm-axes", nn.LayerNorm(reduction_axes=(1, 2), feature_axes=-1), counted(2, 3, 4))
layer("norm-features", nn.LayerNorm(reduction_axes=-1, feature_axes=(1, 2), scale_init=nn.initializers.normal(1.0), bias_init=nn.initializers.normal(1.0)), counted(2, 3, 4))
layer("norm-bf16", nn.LayerNorm(), counted(3, 4, dtype=jnp.bfloat16))
layer("norm-all-bf16", nn.LayerNorm(param_dtype=jnp.bfloat16), counted(3, 4, dtype=jnp.bfloat16))
layer("norm-f16", nn.LayerNorm(dtype=jnp.float16), counted(3, 4))
layer("norm-int", nn.LayerNorm(), counted(3, 4, scale=1).astype(jnp.int32))
layer("norm-f64", nn.LayerNorm(), np.asarray(counted(3, 4), np.float64), x64=True)
layer("rms", nn.RMSNorm(), counted(3, 4))
layer("rms-bare", nn.RMSNorm(use_scale=False, epsilon=1e-3), counted(3, 4))
layer("rms-axes", nn.RMSNorm(reduction_axes=(1, 2), feature_axes=-1), counted(2, 3, 4))
layer("rms-features", nn.RMSNorm(feature_axes=(1, 2), scale_init=nn.initializers.normal(1.0)), counted(2, 3, 4))
layer("rms-bf16", nn.RMSNorm(), counted(3, 4, dtype=jnp.bfloat16))
layer("rms-all-bf16", nn.RMSNorm(param_dtype=jnp.bfloat16), counted(3, 4, dtype=jnp.bfloat16))
layer("rms-f16", nn.RMSNorm(dtype=jnp.float16), counted(3, 4))
layer("rms-int", nn.RMSNorm(), counted(3, 4, scale=1).astype(jnp.int32))
layer("rms-f64", nn.RMSNorm(), np.asarray(counted(3, 4), np.float64), x64=True)
layer("embed", nn.Embed(5, 3), jnp.array([[0, 4, 2], [-1, 1, -5]]))
layer("embed-one", nn.Embed(1, 3), jnp.array([0, 0]))
layer("embed-bf16", nn.Embed(5, 3, dtype=jnp.bfloat16), jnp.array(3, jnp.uint8))
layer("embed-params-f16", nn.Embed(5, 3, param_dtype=jnp.float16), jnp.array([3, 1]))
v = nn.Embed(5, 3).init(K0, jnp.array([0]))
emit("attend", variables=v, output=nn.Embed(5, 3).apply(v, counted(2, 3), method=nn.Embed.attend))


def dropout(case, module, x, x64=False):
    jax.config.update("jax_enable_x64", x64)
    x = jnp.asarray(x)
    emit(case, output=module.apply({}, x, deterministic=False, rngs={"dropout": jax.random.PRNGKey(3)}))
    jax.config.update("jax_enable_x64", False)


dropout("dropout", nn.Dropout(0.3), counted(5, 7))
dropout("dropout-shared", nn.Dropout(0.3, broadcast_dims=(0, -1)), counted(3, 4, 2))
dropout("dropout-bf16", nn.Dropout(0.1), counted(5, 7, dtype=jnp.bfloat16))
dropout("dropout-f16", nn.Dropout(0.1), counted(5, 7, dtype=jnp.float16))
dropout("dropout-f64", nn.Dropout(0.3), np.asarray(counted(5, 7), np.float64), x64=True)
dropout("dropout-one", nn.Dropout(1.0), counted(2, 3))

with open(sys.argv[1], "w") as out:
    out.write("\n".join(lines) + "\n")
