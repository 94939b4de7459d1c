"""PyTorch at its fastest: one product for query, key and value, and scaled_dot_product_attention."""

import peer


class Torch:
    def __init__(self, threads, dtype):
        import torch

        torch.set_num_threads(threads)
        self.dtype = getattr(torch, dtype)
        self.version = f"PyTorch {torch.__version__}"

    def load(self, tensors, heads, causal, onnx):
        import numpy
        import torch

        features = tensors["inputs_q"].shape[-1]
        names = ("query", "key", "value")

        def tensor(values):
            return torch.from_numpy(numpy.array(values)).to(self.dtype).contiguous()

        x = tensor(tensors["inputs_q"])
        weight = tensor(
            numpy.concatenate([tensors[f"{n}/kernel"].reshape(features, -1).T for n in names])
        )
        bias = tensor(numpy.concatenate([tensors[f"{n}/bias"].reshape(-1) for n in names]))
        out_weight = tensor(tensors["out/kernel"].reshape(-1, features).T)
        out_bias = tensor(tensors["out/bias"])
        batch, length, _ = x.shape
        linear = torch.nn.functional.linear
        attention = torch.nn.functional.scaled_dot_product_attention

        def run():
            qkv = linear(x, weight, bias).view(batch, length, 3, heads, features // heads)
            q, k, v = qkv.permute(2, 0, 3, 1, 4)
            y = attention(q, k, v, is_causal=causal)
            return linear(y.transpose(1, 2).reshape(batch, length, features), out_weight, out_bias)

        self.inference = torch.inference_mode
        self.run = run

    def call(self):
        with self.inference():
            self.result = self.run()

    def output(self):
        return self.result.float().numpy()


peer.serve(Torch)
