"""Writes random numbers of JAX and Flax, for GoldenTest: one line per draw.

    python make_golden.py modern > modern.txt      (flax==0.12.8 jax==0.10.2)
    python make_golden.py classic > classic.txt    (flax==0.7.2 jax==0.4.20)

A line is: partitionable x64 seed function arguments shape dtype hex
where hex are the values' bytes, little-endian, and - stands for no arguments or no axes.
"""

import json
import sys

import flax.linen as nn
import jax
import numpy as np

SHAPES = ((), (0,), (1,), (3,), (2, 4))
ERA = sys.argv[1]


def emit(seed, function, args, drawn):
  drawn = np.asarray(drawn)
  print(int(jax.config.jax_threefry_partitionable), int(jax.config.jax_enable_x64), seed, function,
        json.dumps(args, separators=(',', ':')) if args else '-',
        ','.join(map(str, drawn.shape)) or '-', drawn.dtype.name, drawn.tobytes().hex() or '-')


def draws(seed, dtypes):
  key = jax.random.PRNGKey(seed)
  emit(seed, 'key', {}, key)
  emit(seed, 'fold_in', {'data': 77}, jax.random.fold_in(key, 77))
  for n in (2, 3):
    emit(seed, 'split', {'n': n}, jax.random.split(key, n))
  for shape in SHAPES:
    for width in (8, 32):
      emit(seed, 'bits', {'width': width}, jax.random.bits(key, shape, f'uint{width}'))
    for dtype in dtypes:
      for lo, hi in ((0., 1.), (-3.7, 11.3)):
        emit(seed, 'uniform', {'lo': lo, 'hi': hi}, jax.random.uniform(key, shape, dtype, lo, hi))
      emit(seed, 'normal', {}, jax.random.normal(key, shape, dtype))
      emit(seed, 'truncated_normal', {'lower': -2., 'upper': 2.},
           jax.random.truncated_normal(key, -2., 2., shape, dtype))
    emit(seed, 'bernoulli', {'p': .3}, jax.random.bernoulli(key, .3, shape))
    for dtype in ('int32', 'uint8', 'uint32'):
      emit(seed, 'randint', {'lo': 3, 'hi': 200}, jax.random.randint(key, shape, 3, 200, dtype))
  for n in (1, 5, 20):
    emit(seed, 'permutation', {'n': n}, jax.random.permutation(key, n))


def classes(seed, dtypes):
  key = jax.random.PRNGKey(seed)
  for dtype in dtypes:
    emit(seed, 'gumbel', {}, jax.random.gumbel(key, (2, 9), dtype))
    for rows, columns in ((1, 1), (3, 5), (40, 7)):
      logits = (np.arange(rows * columns) * 7 % 5 / 2).reshape(rows, columns).astype(dtype)
      for axis in (-1, 0):
        emit(seed, 'categorical', {'rows': rows, 'columns': columns, 'axis': axis, 'of': dtype},
             jax.random.categorical(key, logits, axis))
      emit(seed, 'categorical', {'rows': rows, 'columns': columns, 'axis': 1, 'of': dtype},
           jax.random.categorical(key, logits, 1, (2, rows)))


def bounds(seed):
  key = jax.random.PRNGKey(seed)
  for dtype in ('float32', 'bfloat16', 'float16'):
    for lower, upper in ((-1., 3.), (0., 1.5), (-5.3, -4.5), (.7, 5.25), (-1.7, .3)):
      emit(seed, 'truncated_normal', {'lower': lower, 'upper': upper},
           jax.random.truncated_normal(key, lower, upper, (5,), dtype))


def initializers(seed, dtypes):
  key = jax.random.PRNGKey(seed)
  specs = [(name, {}) for name in (
      'zeros_init', 'ones_init', 'uniform', 'normal', 'glorot_uniform', 'glorot_normal',
      'xavier_uniform', 'xavier_normal', 'lecun_uniform', 'lecun_normal', 'he_uniform', 'he_normal',
      'kaiming_uniform', 'kaiming_normal')]
  specs += [
      ('constant', {'value': .3}), ('uniform', {'scale': .37}), ('normal', {'stddev': 1e-6}),
      ('lecun_normal', {'in_axis': [0, 1]}),
      ('variance_scaling', {'scale': .7, 'mode': 'fan_out', 'distribution': 'normal'}),
      ('variance_scaling', {'scale': .7, 'mode': 'fan_avg', 'distribution': 'uniform',
                            'batch_axis': [0]}),
  ]
  if ERA == 'modern':
    specs += [
        ('truncated_normal', {'stddev': .3, 'lower': -1., 'upper': 3.}),
        ('variance_scaling', {'scale': .7, 'mode': 'fan_geo_avg',
                              'distribution': 'truncated_normal'})]
  for name, args in specs:
    made = getattr(nn.initializers, name)(
        **{k: tuple(v) if isinstance(v, list) else v for k, v in args.items()})
    for dtype in dtypes:
      emit(seed, 'init:' + name, args, made(key, (2, 3, 5), np.dtype(dtype)))
  for name in ('orthogonal', 'delta_orthogonal') if 'float32' in dtypes else ():
    emit(seed, 'init:' + name, {}, getattr(nn.initializers, name)()(key, (3, 4, 5), np.float32))


for x64 in (False, True):
  jax.config.update('jax_enable_x64', x64)
  for partitionable in (False, True):
    jax.config.update('jax_threefry_partitionable', partitionable)
    dtypes = ('float64',) if x64 else ('float32', 'bfloat16', 'float16')
    for seed in (0, -7):
      draws(seed, dtypes)
      classes(seed, dtypes)
    if not x64:
      bounds(42)
    initializers(1, dtypes)
