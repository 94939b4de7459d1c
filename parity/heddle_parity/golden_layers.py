"""The golden bundles of single layers: Dense, DenseGeneral, LayerNorm, Dropout, Embed."""

import numpy as np

from heddle_parity import draw
from heddle_parity.cases import Case

X = (2, 4, 6)
BIAS = {'bias_init': {'name': 'normal', 'stddev': 0.2}}


def bundles(era):
  """Cases by the name of their bundle."""
  topics = {'dense': _dense, 'dense_general': _dense_general, 'layer_norm': _layer_norm,
            'dropout': _dropout, 'embed': _embed}
  return {name.replace('_', '-'): [_case(era, name, i, *spec) for i, spec in enumerate(topic(era))]
          for name, topic in topics.items()}


def _case(era, kind, i, what, config, inputs, more=None):
  case_id = f'{era}/{kind.replace("_", "-")}/{i}'
  tensors = {
      f'inputs/{name}': given if isinstance(given, np.ndarray)
      else draw.tensor(name, given[0], given[1], case_id) for name, given in inputs.items()}
  needs_x64 = any(t.dtype == np.float64 for t in tensors.values())
  info = {'id': case_id, 'kind': kind, 'era': era, 'x64': needs_x64, 'property': what, 'config': config,
          'init': {'rngs': {'params': 0}}, **(more or {})}
  return Case(info, tensors)


def _x(shape=X, dtype='float32'):
  return {'x': (shape, dtype)}


def _typed(config):
  """Yields the same layer in every dtype and with every combination of dtypes."""
  yield 'float32', config, _x()
  yield 'float64', {**config, 'param_dtype': 'float64'}, _x(X, 'float64')
  for dtype in ('bfloat16', 'float16'):
    yield f'computed in {dtype}', {**config, 'dtype': dtype}, _x()
    yield f'{dtype} parameters', {**config, 'param_dtype': dtype}, _x()
    yield f'all {dtype}', {**config, 'param_dtype': dtype}, _x(X, dtype)
    yield f'{dtype} inputs', config, _x(X, dtype)


def _dense(era):
  yield from _typed({'features': 5, **BIAS})
  yield 'integers', {'features': 5, **BIAS}, _x(X, 'int32')
  yield 'no bias', {'features': 5, 'use_bias': False}, _x()
  for shape in ((6,), (1, 6), (0, 6), (2, 1, 3, 6)):
    yield f'input {list(shape)}', {'features': 3, **BIAS}, _x(shape)
  yield 'own kernel', {'features': 3, 'kernel_init': 'parity:arange'}, _x()
  yield 'one feature', {'features': 1, **BIAS}, _x()


def _dense_general(era):
  yield from _typed({'features': [2, 3], **BIAS})
  for features, axis in ((4, -1), (4, 0), (4, [-2, -1]), ([2, 3], [-2, -1]), (4, [0, 2]),
                         ([2, 2], [1, 0]), (3, [0, 1, 2]), ([2, 1, 3], -1), (4, [-1, -2])):
    for bias in (True, False):
      yield (f'axes {axis} to {features}, bias {bias}',
             {'features': features, 'axis': axis, 'use_bias': bias, **BIAS}, _x())
  for batch, axis in (([0], -1), ([0], [1, 2]), ([0, 1], -1)):
    for features in (3, [2, 2]):
      yield (f'batch dimensions {batch}, axes {axis}, to {features}',
             {'features': features, 'axis': axis, 'batch_dims': batch, **BIAS}, _x())
  for init in ('parity:arange', 'xavier_uniform', 'he_normal'):
    yield (f'{init} sees a flat kernel',
           {'features': [2, 3], 'axis': [-2, -1], 'kernel_init': init,
            'bias_init': 'parity:arange'},
           _x())
  yield 'replaced contraction', {'features': 4, 'dot_general': 'parity:twice', **BIAS}, _x()


def _layer_norm(era):
  weights = {'scale_init': {'name': 'uniform', 'scale': 2.0}, **BIAS}
  yield from _typed(weights)
  yield 'integers', weights, _x(X, 'int32')
  for bias in (True, False):
    for scale in (True, False):
      yield f'bias {bias}, scale {scale}', {'use_bias': bias, 'use_scale': scale, **weights}, _x()
  for fast in (True, False):
    for dtype in ('float32', 'bfloat16', 'float16'):
      yield f'fast variance {fast}, {dtype}', {'use_fast_variance': fast, **weights}, _x(X, dtype)
    yield (f'fast variance {fast}, far from zero', {'use_fast_variance': fast},
           {'x': 1000 + draw.tensor('x', X, 'float32', 'far')})
    yield (f'fast variance {fast}, constant rows', {'use_fast_variance': fast},
           {'x': np.full(X, 0.1, np.float32)})
  for epsilon in (1e-12, 1e-5, 1.0):
    yield f'epsilon {epsilon}', {'epsilon': epsilon, **weights}, _x()
  for reduction, feature in ((-1, -1), ([-2, -1], -1), ([1, 2], [1, 2]), (-1, [-2, -1]), (1, -1),
                             ([0, 1, 2], 2), ([1, 2], 1)):
    yield (f'means over {reduction}, scales over {feature}',
           {'reduction_axes': reduction, 'feature_axes': feature, **weights}, _x())
  for shape in ((6,), (2, 1), (0, 6), (3, 257)):
    yield f'input {list(shape)}', weights, _x(shape)


def _dropout(era):
  def of(what, config, shape=X, dtype='float32', call=None, rngs=None):
    more = {'init': {'rngs': {'params': 0, 'dropout': 1}}, 'call': call or {},
            'apply': {'rngs': {'dropout': 5} if rngs is None else rngs}}
    return what, config, _x(shape, dtype), more

  for rate in (0.0, 0.1, 0.5, 0.9, 1.0):
    for dtype in ('float32', 'bfloat16', 'float16', 'float64'):
      yield of(f'rate {rate}, {dtype}', {'rate': rate, 'deterministic': False}, X, dtype)
  for dims in ([0], [1], [2], [0, 1], [-1], [0, 1, 2]):
    yield of(f'one draw along {dims}', {'rate': 0.5, 'broadcast_dims': dims},
             call={'deterministic': False})
  yield of('deterministic at the call', {'rate': 0.5}, call={'deterministic': True})
  yield of('deterministic at construction', {'rate': 0.5, 'deterministic': True})
  yield of('a stream of its own', {'rate': 0.5, 'deterministic': False, 'rng_collection': 'params'},
           rngs={'params': 6})
  for shape in ((), (1,), (0, 3), (7, 11)):
    yield of(f'input {list(shape)}', {'rate': 0.4, 'deterministic': False}, shape)
  if era == 'modern':
    yield of('without its stream the params stream serves', {'rate': 0.5, 'deterministic': False},
             rngs={'params': 8})


def _embed(era):
  ids = {'ids': np.array([[0, 6, 3, 3], [1, 2, 0, 5]], np.int32)}
  base = {'num_embeddings': 7, 'features': 5}
  for dtype in (None, 'float32', 'bfloat16', 'float16'):
    for param in ('float32', 'bfloat16', 'float16'):
      config = {**base, 'dtype': dtype, 'param_dtype': param}
      yield f'dtype {dtype}, parameters {param}', config, ids
  for shape in ((), (0,), (3,), (2, 1, 2)):
    yield f'ids {list(shape)}', base, {'ids': (shape, 'uint8')}
  yield 'one embedding', {**base, 'num_embeddings': 1}, {'ids': np.zeros((2, 3), np.int32)}
  yield 'own table', {**base, 'embedding_init': 'parity:arange'}, ids
  attend = {'method': 'attend'}
  for dtype in (None, 'bfloat16', 'float16'):
    given = {**ids, 'query': ((2, 3, 5), 'float32')}
    yield f'attend, dtype {dtype}', {**base, 'dtype': dtype}, given, attend
  yield ('attend in float64', {**base, 'param_dtype': 'float64'},
         {**ids, 'query': ((2, 3, 5), 'float64')}, attend)
