"""Writes the golden files of the io module with the formats' own libraries.

Run with the Python of the modern oracle (parity/oracle/setup makes it):

    python io/src/test/python/make_golden.py

The values are the same as in Golden.java.
"""

import io
import pathlib
import zipfile

import flax
import flax.serialization as fs
import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import optax
import safetensors.numpy
from flax import linen as nn
from flax.training import train_state

OUT = pathlib.Path(__file__).parent.parent / 'resources' / 'golden'
DTYPES = ['float32', 'float64', 'bfloat16', 'float16', 'int32', 'int64', 'uint8', 'uint32', 'bool']
SHAPES = {'scalar': (), 'empty': (0, 3), 'vector': (5,), 'matrix': (2, 3), 'cube': (2, 3, 4)}


def values(dtype, shape):
    """Returns small numbers, different for every position, exact in every dtype."""
    n = int(np.prod(shape))
    i = np.arange(n) * 7 % 11
    if dtype == 'bool':
        i = i % 3 == 0
    elif dtype.startswith('uint'):
        pass
    elif dtype.startswith('int'):
        i = i - 4
    else:
        i = (i - 4) * 0.25
    return np.asarray(i).astype(np.dtype(dtype if dtype != 'bfloat16' else ml_dtypes.bfloat16)).reshape(shape)


def flat():
    return {f'{dtype}/{name}': values(dtype, shape) for dtype in DTYPES for name, shape in SHAPES.items()}


def nested():
    return {dtype: {name: values(dtype, shape) for name, shape in SHAPES.items()} for dtype in DTYPES}


def odd_npz():
    """Writes orders and header versions that numpy.savez does not use."""
    with zipfile.ZipFile(OUT / 'odd.npz', 'w') as archive:

        def put(name, array, version):
            data = io.BytesIO()
            np.lib.format.write_array(data, array, version)
            entry = zipfile.ZipInfo(name + '.npy')
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data.getvalue())

        for dtype in DTYPES:
            cube = values(dtype, (2, 3, 4))
            put(f'fortran/{dtype}', np.asfortranarray(cube), (1, 0))
            big = cube if dtype == 'bfloat16' else cube.astype(cube.dtype.newbyteorder('>'))
            put(f'big/{dtype}', big, (2, 0))
            put(f'both/{dtype}', np.asfortranarray(big), (3, 0))


class Boxed(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(3, kernel_init=nn.with_partitioning(nn.initializers.ones_init(), ('a', 'b')))(x)


def msgpacks():
    (OUT / 'to_bytes.msgpack').write_bytes(fs.to_bytes(nested()))
    (OUT / 'sorted.msgpack').write_bytes(fs.msgpack_serialize(nested()))
    limit = fs.MAX_CHUNK_SIZE
    fs.MAX_CHUNK_SIZE = 10
    (OUT / 'chunked.msgpack').write_bytes(fs.to_bytes(nested()))
    fs.MAX_CHUNK_SIZE = limit
    boxed = Boxed().init(jax.random.key(0), jnp.ones((1, 2)))
    (OUT / 'boxed.msgpack').write_bytes(fs.to_bytes(boxed))
    params = {'out': {'kernel': jnp.asarray(values('float32', (2, 3)))}}
    state = train_state.TrainState.create(apply_fn=None, params=params, tx=optax.adam(1e-3))
    (OUT / 'train_state.msgpack').write_bytes(fs.to_bytes(state))
    (OUT / 'no_params.msgpack').write_bytes(fs.to_bytes(params))
    scalars = {
        'true': True,
        'small': -5,
        'large': 2**40,
        'fraction': 1.5,
        'none': None,
        'numpy': np.float64(2.5),
        'text': 'written by hand',
        'list': [1, 2],
        7: np.int32(3),
    }
    (OUT / 'scalars.msgpack').write_bytes(fs.msgpack_serialize(scalars, in_place=True))
    (OUT / 'bare.msgpack').write_bytes(fs.to_bytes(values('float32', (2, 3))))
    (OUT / 'complex.msgpack').write_bytes(fs.to_bytes({'params': {'z': 1j}}))
    (OUT / 'int8.msgpack').write_bytes(fs.to_bytes({'params': {'q': np.ones(3, np.int8)}}))


def layouts():
    """The same attention in PyTorch's and BERT's layout and in Flax's, by transformers' rules."""
    E, H, D = 6, 3, 2
    rng = np.random.default_rng(7)
    normal = lambda *shape: rng.normal(size=shape).astype(np.float32)
    heads = lambda w: w.T.reshape(-1, H, D)

    def flax_tree(q, k, v, out, biases):
        tree = {'params/query/kernel': heads(q), 'params/key/kernel': heads(k), 'params/value/kernel': heads(v)}
        tree['params/out/kernel'] = out.T.reshape(H, D, E)
        if biases is not None:
            for name, bias in zip(['query', 'key', 'value'], biases[0].reshape(3, H, D)):
                tree[f'params/{name}/bias'] = bias
            tree['params/out/bias'] = biases[1]
        return tree

    def save(name, tree):
        tree = {k: np.ascontiguousarray(v) for k, v in tree.items()}
        safetensors.numpy.save_file(tree, OUT / f'{name}.safetensors')

    packed, out, biases = normal(3 * E, E), normal(E, E), (normal(3 * E), normal(E))
    bias = {'in_proj_bias': biases[0], 'out_proj.bias': biases[1]}
    save('layout_torch', {'in_proj_weight': packed, 'out_proj.weight': out} | bias)
    save('layout_torch_flax', flax_tree(*np.split(packed, 3), out, biases))
    save('layout_torch_no_bias', {'in_proj_weight': packed, 'out_proj.weight': out})
    save('layout_torch_no_bias_flax', flax_tree(*np.split(packed, 3), out, None))
    q, k, v = normal(E, E), normal(E, 4), normal(E, 5)
    separate = {'q_proj_weight': q, 'k_proj_weight': k, 'v_proj_weight': v, 'out_proj.weight': out}
    save('layout_torch_separate', separate | bias)
    save('layout_torch_separate_flax', flax_tree(q, k, v, out, biases))
    bert = {}
    for layer in range(2):
        names = ['self.query', 'self.key', 'self.value', 'output.dense']
        maps = {name: (normal(E, E), normal(E)) for name in names}
        for name, (weight, b) in maps.items():
            bert[f'encoder.layer.{layer}.attention.{name}.weight'] = weight
            bert[f'encoder.layer.{layer}.attention.{name}.bias'] = b
        bert[f'encoder.layer.{layer}.attention.output.LayerNorm.weight'] = normal(E)
    save('layout_bert', bert)
    weights = [maps[name][0] for name in names]
    save('layout_bert_flax', flax_tree(*weights, (np.concatenate([maps[n][1] for n in names[:3]]), maps[names[3]][1])))


def refused():
    safetensors.numpy.save_file({'params/q': np.ones(3, np.int8)}, OUT / 'int8.safetensors')
    np.savez(OUT / 'int8.npz', **{'params/q': np.ones(3, np.int8)})
    np.savez(OUT / 'object.npz', thing=np.array([{}], object))
    np.savez(OUT / 'structured.npz', thing=np.zeros(2, [('a', 'f4'), ('b', 'i4')]))


def main():
    print('flax', flax.__version__, 'numpy', np.__version__)
    OUT.mkdir(parents=True, exist_ok=True)
    safetensors.numpy.save_file(flat(), OUT / 'all.safetensors', metadata={'format': 'np', 'text': 'zwölf "Worte"\n'})
    np.savez(OUT / 'stored.npz', **flat())
    np.savez_compressed(OUT / 'deflated.npz', **flat())
    odd_npz()
    msgpacks()
    layouts()
    refused()


if __name__ == '__main__':
    main()
