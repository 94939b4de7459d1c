"""Writes the TorchScript program that DJL runs, since DJL's API has no scaled_dot_product_attention.

    python bench/peers/python/make_torchscript.py bench/peers/src/main/resources/dev/heddle/bench/peers/attention.pt

Parameters are arguments of the program; so are whether it is causal and the number of heads, as tensors of one element.
"""

import io
import sys
import zipfile

import torch


class Attention(torch.nn.Module):
    def forward(self, x, weight, bias, out_weight, out_bias, heads, causal):
        batch, length, features = x.shape
        n = int(heads.item())
        qkv = torch.nn.functional.linear(x, weight, bias).view(batch, length, 3, n, features // n)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=bool(causal.item()))
        y = y.transpose(1, 2).reshape(batch, length, features)
        return torch.nn.functional.linear(y, out_weight, out_bias)


made = io.BytesIO()
torch.jit.save(torch.jit.script(Attention()), made)
with zipfile.ZipFile(made) as whole, zipfile.ZipFile(sys.argv[1], "w") as lean:
    for entry in whole.infolist():
        if not entry.filename.endswith(".debug_pkl"):  # sources of the library, for stack traces
            lean.writestr(zipfile.ZipInfo(entry.filename), whole.read(entry))
