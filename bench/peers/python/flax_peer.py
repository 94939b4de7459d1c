"""Flax Linen's MultiHeadDotProductAttention, compiled by XLA."""

import peer


class Flax:
    def __init__(self, threads, dtype):
        import os

        if threads == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        import flax
        import jax

        if dtype == "float64":
            jax.config.update("jax_enable_x64", True)
        self.dtype = jax.numpy.dtype(dtype)
        self.version = f"Flax {flax.__version__}, JAX {jax.__version__}"

    def load(self, tensors, settings):
        tasks = {"forward": self.forward, "backward": self.backward, "step": self.step}
        self.run, self.named = tasks[settings["task"]](tensors, settings)

    def array(self, values):
        import jax

        return jax.numpy.asarray(values, self.dtype)

    def layer(self, tensors, settings):
        """Returns the layer as a function of parameters and inputs, the parameters and the inputs."""
        import flax.linen

        x = self.array(tensors.pop("inputs_q"))
        params = tree({path: self.array(values) for path, values in tensors.items()})
        layer = flax.linen.MultiHeadDotProductAttention(
            num_heads=settings["heads"], dtype=self.dtype, param_dtype=self.dtype
        )
        mask = flax.linen.make_causal_mask(x[:1, :, 0]) if settings["causal"] else None
        return lambda params, x: layer.apply({"params": params}, x, mask=mask), params, x

    def forward(self, tensors, settings):
        import jax

        layer, params, x = self.layer(tensors, settings)
        compiled = jax.jit(layer)
        return lambda: compiled(params, x), lambda y: {"output": y}

    def backward(self, tensors, settings):
        import jax

        cotangent = self.array(tensors.pop("cotangent"))
        layer, params, x = self.layer(tensors, settings)

        @jax.jit
        def compiled(params, x, cotangent):
            y, pullback = jax.vjp(layer, params, x)
            return y, pullback(cotangent)

        def named(result):
            y, (of_params, of_x) = result
            return {"output": y, "grads/inputs_q": of_x, **flat(of_params, "grads/")}

        return lambda: compiled(params, x, cotangent), named

    def step(self, tensors, settings):
        import flax_model
        import jax

        tokens = jax.numpy.asarray(tensors.pop("tokens"))
        param_dtype = jax.numpy.promote_types(self.dtype, jax.numpy.float32)
        params = tree({path: jax.numpy.asarray(v, param_dtype) for path, v in tensors.items()})
        compiled, self.state = flax_model.training(params, tokens, settings, self.dtype)

        def run():
            self.state = compiled(self.state, tokens)
            return self.state

        def named(state):
            params, _, loss = state
            return {"loss": loss, **flat(params, "params/")}

        return run, named

    def call(self):
        import jax

        self.result = jax.block_until_ready(self.run())

    def outputs(self):
        import numpy

        named = self.named(self.result)
        return {name: numpy.asarray(array).astype(numpy.float32) for name, array in named.items()}


def tree(paths):
    """Returns nested dictionaries, from paths joined by `/`."""
    root = {}
    for path, leaf in paths.items():
        *branches, name = path.split("/")
        at = root
        for branch in branches:
            at = at.setdefault(branch, {})
        at[name] = leaf
    return root


def flat(root, prefix):
    """Returns a dictionary by paths joined by `/`, from nested dictionaries."""
    paths = {}
    for name, node in root.items():
        here = prefix + name
        paths.update(flat(node, here + "/") if isinstance(node, dict) else {here: node})
    return paths


peer.serve(Flax)
