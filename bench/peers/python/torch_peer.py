"""PyTorch, optimized: one product for query, key and value, and scaled_dot_product_attention."""

import peer

NAMES = ("query", "key", "value")


class Torch:
    def __init__(self, threads, dtype):
        import torch

        torch.set_num_threads(threads)
        self.dtype = getattr(torch, dtype)
        self.version = f"PyTorch {torch.__version__}"

    def load(self, tensors, settings):
        tasks = {"forward": self.forward, "backward": self.backward, "step": self.step}
        self.run, self.named = tasks[settings["task"]](tensors, settings)

    def tensor(self, values):
        import numpy
        import torch

        return torch.from_numpy(numpy.array(values)).to(self.dtype).contiguous()

    def layer(self, tensors, settings):
        """Returns the layer as a function of the inputs, the inputs, and the parameters."""
        import numpy
        import torch

        x = self.tensor(tensors["inputs_q"])
        batch, length, features = x.shape
        heads, causal = settings["heads"], bool(settings["causal"])
        weight = self.tensor(
            numpy.concatenate([tensors[f"{n}/kernel"].reshape(features, -1).T for n in NAMES])
        )
        bias = self.tensor(numpy.concatenate([tensors[f"{n}/bias"].reshape(-1) for n in NAMES]))
        out_weight = self.tensor(tensors["out/kernel"].reshape(-1, features).T)
        out_bias = self.tensor(tensors["out/bias"])
        linear = torch.nn.functional.linear
        attention = torch.nn.functional.scaled_dot_product_attention

        def layer(x):
            qkv = linear(x, weight, bias).view(batch, length, 3, heads, features // heads)
            q, k, v = qkv.permute(2, 0, 3, 1, 4)
            y = attention(q, k, v, is_causal=causal)
            return linear(y.transpose(1, 2).reshape(batch, length, features), out_weight, out_bias)

        return layer, x, (weight, bias, out_weight, out_bias)

    def forward(self, tensors, settings):
        import torch

        layer, x, _ = self.layer(tensors, settings)

        def run():
            with torch.inference_mode():
                return layer(x)

        return run, lambda y: {"output": y}

    def backward(self, tensors, settings):
        import torch

        cotangent = self.tensor(tensors["cotangent"])
        layer, x, parameters = self.layer(tensors, settings)
        leaves = (x, *parameters)
        for leaf in leaves:
            leaf.requires_grad_()

        def run():
            y = layer(x)
            return y, torch.autograd.grad(y, leaves, cotangent)

        def named(result):
            y, (of_x, weight, bias, out_weight, out_bias) = result
            named = {"output": y, "grads/inputs_q": of_x}
            for name, kernel, rest in zip(NAMES, weight.chunk(3), bias.chunk(3)):
                named[f"grads/{name}/kernel"] = kernel.T
                named[f"grads/{name}/bias"] = rest
            named["grads/out/kernel"] = out_weight.T
            named["grads/out/bias"] = out_bias
            return named

        return run, named

    def step(self, tensors, settings):
        import torch_model

        training = torch_model.Training(tensors, settings, self.dtype)

        def named(loss):
            parameters = training.parameters()
            return {"loss": loss, **{f"params/{n}": p for n, p in parameters.items()}}

        return training.step, named

    def call(self):
        self.result = self.run()

    def outputs(self):
        named = self.named(self.result)
        return {name: tensor.detach().float().numpy() for name, tensor in named.items()}


peer.serve(Torch)
