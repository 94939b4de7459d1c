"""Heddle's small causal language model in PyTorch, optimized: fused products and optimizer."""

import contextlib

import numpy
import torch
from torch.nn import functional

NAMES = ("query", "key", "value")
EPSILON = 1e-6  # of Flax's LayerNorm


class Training:
    """A model, its optimizer and one batch; the parameters have PyTorch's layout."""

    def __init__(self, tensors, settings, dtype):
        self.param_dtype = dtype if dtype == torch.float64 else torch.float32
        self.autocast = (
            contextlib.nullcontext()
            if dtype == self.param_dtype
            else torch.autocast("cpu", dtype=dtype)
        )
        tokens = torch.from_numpy(tensors["tokens"].astype(numpy.int64))
        self.tokens = tokens[:, :-1].contiguous()
        self.targets = tokens[:, 1:].reshape(-1)
        self.features = tensors["embed/embedding"].shape[1]
        self.heads = settings["heads"]
        self.embedding = self.parameter(tensors["embed/embedding"])
        self.positions = self.parameter(tensors["positions/embedding"])
        self.blocks = []
        while f"block_{len(self.blocks)}/ln_1/scale" in tensors:
            self.blocks.append(self.block(tensors, f"block_{len(self.blocks)}/"))
        self.ln = self.norm(tensors, "ln/")
        parameters = [self.embedding, self.positions, *self.ln]
        for block in self.blocks:
            for group in block.values():
                parameters.extend(group)
        self.optimizer = torch.optim.AdamW(
            parameters,
            lr=settings["learning_rate"],
            betas=(settings["b1"], settings["b2"]),
            eps=settings["eps"],
            weight_decay=settings["weight_decay"],
            fused=True,
        )

    def parameter(self, values):
        return torch.from_numpy(numpy.array(values)).to(self.param_dtype).contiguous().requires_grad_()

    def norm(self, tensors, path):
        return self.parameter(tensors[path + "scale"]), self.parameter(tensors[path + "bias"])

    def dense(self, tensors, path):
        return self.parameter(tensors[path + "kernel"].T), self.parameter(tensors[path + "bias"])

    def block(self, tensors, path):
        features, attention = self.features, path + "attention/"
        kernels = [tensors[f"{attention}{n}/kernel"].reshape(features, -1).T for n in NAMES]
        biases = [tensors[f"{attention}{n}/bias"].reshape(-1) for n in NAMES]
        out = tensors[attention + "out/kernel"].reshape(-1, features).T
        return {
            "ln_1": self.norm(tensors, path + "ln_1/"),
            "qkv": (
                self.parameter(numpy.concatenate(kernels)),
                self.parameter(numpy.concatenate(biases)),
            ),
            "out": (self.parameter(out), self.parameter(tensors[attention + "out/bias"])),
            "ln_2": self.norm(tensors, path + "ln_2/"),
            "up": self.dense(tensors, path + "up/"),
            "down": self.dense(tensors, path + "down/"),
        }

    def logits(self):
        batch, length = self.tokens.shape
        shape = (self.features,)
        x = functional.embedding(self.tokens, self.embedding) + self.positions[:length]
        for block in self.blocks:
            y = functional.layer_norm(x, shape, *block["ln_1"], EPSILON)
            qkv = functional.linear(y, *block["qkv"])
            qkv = qkv.view(batch, length, 3, self.heads, self.features // self.heads)
            q, k, v = qkv.permute(2, 0, 3, 1, 4)
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            y = y.transpose(1, 2).reshape(batch, length, self.features)
            x = x + functional.linear(y, *block["out"])
            y = functional.layer_norm(x, shape, *block["ln_2"], EPSILON)
            y = functional.gelu(functional.linear(y, *block["up"]), approximate="tanh")
            x = x + functional.linear(y, *block["down"])
        y = functional.layer_norm(x, shape, *self.ln, EPSILON)
        return functional.linear(y, self.embedding)

    def step(self):
        """Computes a step; returns the loss before it."""
        self.optimizer.zero_grad(set_to_none=True)
        with self.autocast:
            logits = self.logits()
        logits = logits.to(self.param_dtype).view(len(self.targets), -1)
        loss = functional.cross_entropy(logits, self.targets)
        loss.backward()
        self.optimizer.step()
        return loss

    def parameters(self):
        """Returns the parameters by Flax's names, with their elements in Flax's order."""
        named = {"embed/embedding": self.embedding, "positions/embedding": self.positions}
        named["ln/scale"], named["ln/bias"] = self.ln
        for i, block in enumerate(self.blocks):
            for name in ("ln_1", "ln_2"):
                path = f"block_{i}/{name}/"
                named[path + "scale"], named[path + "bias"] = block[name]
            for name, path in (("out", "attention/out"), ("up", "up"), ("down", "down")):
                weight, named[f"block_{i}/{path}/bias"] = block[name]
                named[f"block_{i}/{path}/kernel"] = weight.T
            weights, biases = (whole.chunk(3) for whole in block["qkv"])
            for name, weight, bias in zip(NAMES, weights, biases):
                named[f"block_{i}/attention/{name}/kernel"] = weight.T
                named[f"block_{i}/attention/{name}/bias"] = bias
        return named
