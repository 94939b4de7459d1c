"""The golden bundles of random numbers: bits, keys, distributions, initializers."""

from heddle_parity.golden_functions import FLOATS, case

SHAPES = ((), (0,), (1,), (2,), (7,), (3, 5), (2, 3, 4))
LARGE = (65_537,)


def bundles(era):
  """Cases by the name of their bundle."""
  topics = {
      'random-bits': _bits, 'random-keys': _keys, 'random-uniform': _uniform,
      'random-normal': _normal, 'random-bernoulli': _bernoulli, 'random-integers': _integers,
      'initializers': _initializers, 'initializers-shapes': _initializer_shapes,
  }
  return {name: [case(era, name, i, **spec) for i, spec in enumerate(topic(era))]
          for name, topic in topics.items()}


def _random(fn, **rest):
  modes = (True, False)
  x64 = rest.pop('x64', rest.get('dtype') in ('float64', 'int64', 'uint64'))
  for partitionable in modes:
    yield {'kind': 'random', 'fn': fn, 'what': f'{fn}, partitionable {partitionable}'.lower(),
           'partitionable': partitionable, 'x64': x64, **rest}


def _bits(era):
  for dtype in ('uint8', 'uint16', 'uint32', 'uint64'):
    for shape in (*SHAPES, *(([LARGE]) if dtype != 'uint16' else [])):
      yield from _random('bits', seed=42, shape=list(shape), dtype=dtype)
  yield from _random('bits', seed=9, shape=[256, 257], dtype='uint32')


def _keys(era):
  for seed in (0, 1, 42, 2**31, 2**32 - 1, 2**32 + 5, -1, -(2**31), 2**62 + 3):
    for x64 in (False, True):
      yield next(_random('key', seed=seed, x64=x64))
  for num in (1, 2, 3, 5, 8):
    yield from _random('split', seed=0, args={'num': num})
  for data in (0, 1, 255, 2**31, 2**32 - 1):
    yield next(_random('fold_in', seed=7, args={'data': data}))


def _uniform(era):
  for dtype in FLOATS:
    for shape in (*SHAPES, LARGE):
      yield from _random('uniform', seed=3, shape=list(shape), dtype=dtype)
    yield from _random('uniform', seed=4, shape=[33], dtype=dtype,
                       args={'minval': -2.5, 'maxval': 0.75})


def _normal(era):
  for dtype in FLOATS:
    for shape in ((), (0,), (1,), (7,), (41, 23), LARGE):
      yield from _random('normal', seed=5, shape=list(shape), dtype=dtype)
    for lower, upper in ((-2.0, 2.0), (-1.0, 3.0), (0.5, 0.75)):
      yield from _random('truncated_normal', seed=6, shape=[97], dtype=dtype,
                         args={'lower': lower, 'upper': upper})
    yield from _random('truncated_normal', seed=8, shape=list(LARGE), dtype=dtype,
                       args={'lower': -2.0, 'upper': 2.0})


def _bernoulli(era):
  for p in (0.0, 0.1, 0.5, 0.9, 1.0):
    for shape in ((), (0,), (5,), (3, 7)):
      for x64 in (False, True):
        yield from _random('bernoulli', seed=1, shape=list(shape), args={'p': p}, x64=x64)
  yield from _random('bernoulli', seed=2, shape=list(LARGE), args={'p': 0.6})


def _integers(era):
  for n in (0, 1, 2, 7, 100, 3000):
    yield from _random('permutation', seed=4, args={'n': n})
  for axis in (0, 1):
    yield from _random('permutation', seed=4, args={'axis': axis},
                       inputs={'x': ((5, 3), 'float32')})
  for dtype, low, high in (('int32', 0, 10), ('int32', -5, 3), ('int32', 0, 2**31 - 1),
                           ('uint8', 0, 200), ('uint32', 0, 70_000), ('int64', 0, 2**40)):
    for shape in ((), (9,), (3, 4)):
      yield from _random('randint', seed=8, shape=list(shape), dtype=dtype,
                         args={'minval': low, 'maxval': high})


NAMED = ('lecun_normal', 'lecun_uniform', 'glorot_normal', 'glorot_uniform', 'he_normal',
         'he_uniform', 'kaiming_normal', 'kaiming_uniform', 'xavier_normal', 'xavier_uniform')


def _initializer(spec, shape, dtype='float32', seed=0):
  name = spec if isinstance(spec, str) else spec['name']
  return {'kind': 'initializer', 'what': f'{name} {list(shape)} {dtype}', 'initializer': spec,
          'shape': list(shape), 'dtype': dtype, 'seed': seed, 'x64': dtype == 'float64'}


def _initializers(era):
  plain = ('zeros', 'zeros_init', 'ones', 'ones_init', 'normal', 'uniform')
  more = ({'name': 'constant', 'value': 0.1}, {'name': 'normal', 'stddev': 0.7},
          {'name': 'uniform', 'scale': 3.0})
  orthogonal = ({'name': 'orthogonal'}, {'name': 'orthogonal', 'scale': 2.0, 'column_axis': 0})
  if era == 'modern':
    more += ({'name': 'truncated_normal'},
             {'name': 'truncated_normal', 'stddev': 0.3, 'lower': -1.0, 'upper': 2.5})
  for dtype in FLOATS:
    for spec in (*NAMED, *plain, *more):
      yield _initializer(spec, (6, 10), dtype)
    if dtype in ('float32', 'float64'):  # XLA has no QR of 16 bits
      for spec in orthogonal:
        yield _initializer(spec, (6, 10), dtype)
      yield _initializer('delta_orthogonal', (3, 4, 5), dtype)
    yield _initializer('lecun_normal', (128, 24), dtype, 11)
  modes = ('fan_in', 'fan_out', 'fan_avg', *(('fan_geo_avg',) if era == 'modern' else ()))
  for mode in modes:
    for distribution in ('truncated_normal', 'normal', 'uniform'):
      for scale in (0.3, 2.0):
        spec = {'name': 'variance_scaling', 'scale': scale, 'mode': mode,
                'distribution': distribution}
        for dtype in FLOATS:
          yield _initializer(spec, (5, 9), dtype, 3)


def _initializer_shapes(era):
  shapes = ((6, 10), (1, 1), (0, 3), (3, 0), (2, 3, 4), (2, 3, 4, 5), (768, 2), (128, 3), (31, 17))
  for shape in shapes:
    for name in ('lecun_normal', 'xavier_uniform', 'he_normal', 'kaiming_uniform', 'normal',
                 'uniform', 'zeros'):
      if 0 not in shape or not name.endswith(('_normal', '_uniform')):
        yield _initializer(name, shape, 'float32', 5)
  for shape in ((), (1,), (7,)):
    for name in ('normal', 'uniform', 'ones', 'zeros'):
      yield _initializer(name, shape, 'float32', 6)
  for shape in ((4, 6), (6, 4), (5, 5), (2, 3, 4)):
    yield _initializer('orthogonal', shape)
  for shape in ((2, 4, 4), (3, 2, 4, 5), (2, 3, 2, 4, 4)):
    yield _initializer('delta_orthogonal', shape)
  axes = ({'in_axis': 0, 'out_axis': 1}, {'in_axis': -1, 'out_axis': -2},
          {'in_axis': [0, 1], 'out_axis': 2}, {'in_axis': 0, 'out_axis': [1, 2]},
          {'in_axis': 1, 'out_axis': 2, 'batch_axis': 0},
          {'in_axis': 2, 'out_axis': 1, 'batch_axis': [0]})
  for axis in axes:
    for name in ('lecun_normal', 'xavier_uniform'):
      yield _initializer({'name': name, **axis}, (2, 3, 4), 'float32', 7)
    yield _initializer({'name': 'variance_scaling', 'scale': 1.5, 'mode': 'fan_avg',
                        'distribution': 'uniform', **axis}, (2, 3, 4), 'float32', 7)
