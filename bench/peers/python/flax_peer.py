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

    def load(self, tensors, heads, causal, onnx):
        import flax.linen
        import jax

        x = jax.numpy.asarray(tensors.pop("inputs_q"), self.dtype)
        params = {}
        for path, values in tensors.items():
            module, leaf = path.split("/")
            params.setdefault(module, {})[leaf] = jax.numpy.asarray(values, self.dtype)
        layer = flax.linen.MultiHeadDotProductAttention(
            num_heads=heads, dtype=self.dtype, param_dtype=self.dtype
        )
        mask = flax.linen.make_causal_mask(x[:1, :, 0]) if causal else None
        compiled = jax.jit(lambda params, x: layer.apply({"params": params}, x, mask=mask))
        self.run = lambda: compiled(params, x)

    def call(self):
        self.result = self.run().block_until_ready()

    def output(self):
        import numpy

        return numpy.asarray(self.result).astype(numpy.float32)


peer.serve(Flax)
