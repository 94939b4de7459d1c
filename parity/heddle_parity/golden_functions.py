"""The golden bundles of functions: attention, masks, promotion, arithmetic."""

import numpy as np

from heddle_parity import draw
from heddle_parity.cases import Case

FLOATS = ('float32', 'bfloat16', 'float16', 'float64')


def bundles(era):
  """Cases by the name of their bundle."""
  topics = {
      'dot-product-attention': _attention, 'gradients-function': _attention_gradients, 'masks': _masks, 'promotion': _promotion,
      'einsum': _einsum, 'elementwise': _elementwise, 'softmax': _softmax,
      'reductions': _reductions}
  return {name: [case(era, name, i, **spec) for i, spec in enumerate(topic(era))]
          for name, topic in topics.items()}


def case(era, topic, i, kind, what, inputs=None, x64=False, **rest):
  """Makes a function case without outputs; `inputs` are arrays, or (shape, dtype) to draw."""
  case_id = f'{era}/{topic}/{i}'
  tensors = {
      f'inputs/{name}': given if isinstance(given, np.ndarray)
      else draw.tensor(name, given[0], given[1], case_id)
      for name, given in (inputs or {}).items()}
  needs_x64 = x64 or any(t.dtype in (np.float64, np.int64) for t in tensors.values())
  return Case({'id': case_id, 'kind': kind, 'era': era, 'x64': needs_x64, 'property': what, **rest},
              tensors)


def _attention(era):
  q, k, v = (2, 4, 2, 3), (2, 7, 2, 3), (2, 7, 2, 5)

  def of(what, dtype='float32', weights=False, shapes=(q, k, v), args=None, **more):
    inputs = dict(zip(('query', 'key', 'value'), ((s, dtype) for s in shapes)))
    if weights:
      del inputs['value']
    kind = 'dot_product_attention' + ('_weights' if weights else '')
    return {'kind': kind, 'what': what, 'inputs': {**inputs, **more},
            'args': {'deterministic': True, **(args or {})}}

  infinite = np.zeros((2, 1, 4, 7), np.float32)
  infinite[..., 2:] = -np.inf
  whole = infinite.copy()
  whole[1, 0, 2] = -np.inf
  some = np.ones((2, 1, 1, 7), bool)
  some[..., 1] = False
  drop = {'deterministic': False, 'dropout_rate': 0.4, 'dropout_rng': 3}
  broken = draw.tensor('key', k, 'float32', 'broken')
  broken[0, 3, 1, 0] = np.nan
  for weights in (False, True):
    for dtype in FLOATS:
      yield of(f'{dtype}', dtype, weights)
      yield of(f'bias and mask in {dtype}', dtype, weights, bias=((2, 2, 4, 7), dtype),
               mask=draw.mask('m', (2, 1, 4, 7), 'bool', 'dpa'))
      yield of(f'float32 bias on {dtype}', dtype, weights, bias=((1, 2, 1, 7), 'float32'))
      for broadcast in (True, False):
        yield of(f'dropout, broadcast {broadcast}, {dtype}', dtype, weights,
                 args={**drop, 'broadcast_dropout': broadcast})
      if dtype != 'float32':
        yield of(f'{dtype} computed in float32', dtype, weights, args={'dtype': 'float32'})
      if era == 'modern':
        yield of(f'softmax in float32, {dtype}', dtype, weights,
                 args={'force_fp32_for_softmax': True})
    for dtype in ('bfloat16', 'float16'):
      yield of(f'float32 computed in {dtype}', 'float32', weights, args={'dtype': dtype})
    for form in ((4, 7), (7,), (1, 1, 1, 7), (1, 2, 4, 1), (2, 1, 4, 7), (2, 2, 4, 7)):
      yield of(f'bias {list(form)}', weights=weights, bias=(form, 'float32'))
      yield of(f'mask {list(form)}', weights=weights, mask=draw.mask('m', form, 'bool', 'dpa'))
    yield of('integer bias', weights=weights, bias=((2, 1, 4, 7), 'int32'))
    yield of('bias -infinity: weight 0', weights=weights, bias=infinite)
    yield of('bias -infinity in a whole row: NaN', weights=weights, bias=whole)
    yield of('bias -infinity where kept: masked keys take all', weights=weights,
             bias=np.full((2, 1, 4, 7), -np.inf, np.float32), mask=some)
    yield of('nothing kept: the mean', weights=weights, mask=np.zeros((1, 1, 1, 7), bool))
    yield of('NaN in a key', weights=weights, key=broken)
    yield of('NaN in a masked key', weights=weights, key=broken,
             mask=np.arange(7).reshape(1, 1, 1, 7) != 3)
    yield of('NaN in a bias', weights=weights,
             bias=np.array([np.nan, 0, 0, 0, 0, 0, 0], np.float32))
    for batch in ((), (3,), (2, 2), (2, 1, 3)):
      shapes = tuple((*batch, *s[1:]) for s in (q, k, v))
      yield of(f'batch {list(batch)}', weights=weights, shapes=shapes)
      yield of(f'dropout, batch {list(batch)}', weights=weights, shapes=shapes, args=drop)
      yield of(f'dropout everywhere, batch {list(batch)}', weights=weights, shapes=shapes,
               args={**drop, 'broadcast_dropout': False})
    for length in (1, 255, 256, 257, 300, 700):
      yield of(f'{length} keys', weights=weights,
               shapes=((1, 2, 1, 2), (1, length, 1, 2), (1, length, 1, 2)))
  for length in (4096, 4097, 12500):  # one span, two, and a tree of four; float16 packs better
    long = {n: draw.tensor(n, (1, length, 1, 1), 'float16', 'long').astype(np.float32)
            for n in ('key', 'value')}
    yield of(f'{length} keys', shapes=((1, 2, 1, 1),), **long)
  mixed = {'query': ((2, 4, 2, 3), 'bfloat16'), 'key': ((2, 7, 2, 3), 'float16'),
           'value': ((2, 7, 2, 5), 'float32')}
  yield of('three dtypes meet in float32', **mixed)
  yield of('three dtypes computed in bfloat16', args={'dtype': 'bfloat16'}, **mixed)


def _attention_gradients(era):
  q, k, v = (2, 4, 2, 3), (2, 7, 2, 3), (2, 7, 2, 5)

  def of(what, dtype='float32', args=None, **more):
    inputs = {'query': (q, dtype), 'key': (k, dtype), 'value': (v, dtype), **more}
    return {'kind': 'attention_gradient', 'what': what, 'inputs': inputs,
            'args': {'deterministic': True, **(args or {})}}

  some = draw.mask('m', (2, 1, 4, 7), 'bool', 'gradients-function')
  empty = some.copy()
  empty[0, 0, 2] = False
  for dtype in FLOATS:
    yield of(f'{dtype}, no bias', dtype)
    yield of(f'bias of its own for every score, {dtype}', dtype, bias=((2, 2, 4, 7), dtype))
    yield of(f'bias and mask, {dtype}', dtype, bias=((2, 1, 4, 7), dtype), mask=some)
    yield of(f'a query without keys, {dtype}', dtype, bias=((1, 2, 4, 7), dtype), mask=empty)
    yield of(f'float32 bias on {dtype}', dtype, bias=((1, 2, 1, 7), 'float32'))
    for broadcast in (True, False):
      yield of(f'bias and dropout, broadcast {broadcast}, {dtype}', dtype, bias=((2, 2, 4, 7), dtype),
               args={'deterministic': False, 'dropout_rate': 0.4, 'dropout_rng': 3,
                     'broadcast_dropout': broadcast})
  for form in ((4, 7), (7,), (1, 1, 1, 7), (1, 2, 4, 1), (2, 1, 4, 7), (1, 1, 1, 1), (2, 1, 1, 7)):
    yield of(f'bias {list(form)}: its gradient is summed where it was repeated',
             bias=(form, 'float32'))
    yield of(f'bias {list(form)} in bfloat16', 'bfloat16', bias=(form, 'bfloat16'))
  yield of('an integer bias has no gradient', bias=((2, 1, 4, 7), 'int32'))
  for dtype in ('bfloat16', 'float16'):
    yield of(f'float32 bias, computed in {dtype}', bias=((2, 2, 4, 7), 'float32'),
             args={'dtype': dtype})
  if era == 'modern':
    for dtype in FLOATS:
      yield of(f'bias, softmax in float32, {dtype}', dtype, bias=((2, 2, 4, 7), dtype),
               args={'force_fp32_for_softmax': True})


def _masks(era):
  ids = np.array([[3, 1, 0, 0], [2, 2, 5, 0]], np.int32)
  ones = np.ones((2, 4), np.float32)
  for pairwise in ('multiply', 'greater_equal', 'greater', 'less_equal', 'equal', 'logical_and'):
    for extra in (0, 1, 2):
      for dtype in ('float32', 'bool', 'bfloat16'):
        yield {'kind': 'masks', 'what': f'make_attention_mask {pairwise}',
               'fn': 'make_attention_mask',
               'inputs': {'0': ids, '1': ids[:, :3]},
               'args': {'pairwise_fn': pairwise, 'extra_batch_dims': extra, 'dtype': dtype}}
  yield {'kind': 'masks', 'what': 'make_attention_mask by default', 'fn': 'make_attention_mask',
         'inputs': {'0': ones, '1': ids.astype(np.float32)}}
  yield {'kind': 'masks', 'what': 'make_attention_mask without a batch',
         'fn': 'make_attention_mask',
         'inputs': {'0': ids[0] > 0, '1': ids[1] > 0}}
  for shape in ((4,), (2, 4), (2, 3, 4), (2, 0), (1, 1)):
    for extra in (0, 1):
      for dtype in ('float32', 'bool', 'int32'):
        yield {'kind': 'masks', 'what': f'make_causal_mask {list(shape)}', 'fn': 'make_causal_mask',
               'inputs': {'0': (shape, 'float32')},
               'args': {'extra_batch_dims': extra, 'dtype': dtype}}
  a = draw.mask('a', (2, 1, 4, 7), 'bool', 'masks')
  b = draw.mask('b', (1, 1, 4, 7), 'float32', 'masks')
  for positions in ([0, 1], [0, None, 1], [None, 1], [None], [], [0, 1, 0]):
    for dtype in ('float32', 'bool'):
      yield {'kind': 'masks', 'what': f'combine_masks {positions}', 'fn': 'combine_masks',
             'inputs': {'0': a, '1': b}, 'positions': positions, 'args': {'dtype': dtype}}
  yield {'kind': 'masks', 'what': 'combine_masks of one is cast, not made 0 or 1',
         'fn': 'combine_masks', 'inputs': {'0': np.array([[0.5, -1, 0, 3]], np.float32)}}


def _promotion(era):
  yield {'kind': 'promote', 'what': 'dtypes that meet', 'x64': True}
  yield {'kind': 'promote', 'what': 'dtypes that meet, 64 bits off', 'x64': False}


def _einsum(era):
  specs = (
      ('ij,jk->ik', (3, 4), (4, 5)), ('ij,kj->ik', (3, 4), (5, 4)), ('ji,jk->ik', (4, 3), (4, 5)),
      ('bij,bjk->bik', (2, 3, 4), (2, 4, 5)), ('...ij,...jk->...ik', (2, 1, 3, 4), (2, 1, 4, 5)),
      ('...qhd,...khd->...hqk', (2, 4, 2, 3), (2, 7, 2, 3)),
      ('...hqk,...khd->...qhd', (2, 2, 4, 7), (2, 7, 2, 3)),
      ('...ij,...jk->...ik', (2, 3, 4), (4, 5)), ('ij->ji', (3, 4)), ('ii->i', (4, 4)),
      ('ii', (4, 4)), ('ij->', (3, 4)), ('ij->j', (3, 4)), ('i,j->ij', (3,), (4,)),
      ('i,i->', (5,), (5,)), ('abc,cd->abd', (2, 3, 4), (4, 5)),
      ('abc,bcd->ad', (2, 3, 4), (3, 4, 5)),
      ('ij,jk,kl->il', (2, 3), (3, 4), (4, 5)), ('ij,jk', (3, 4), (4, 5)), ('...i->...', (2, 3, 4)),
      ('b...d,d->b...', (2, 3, 4, 5), (5,)), ('ij,ij->ij', (3, 4), (3, 4)),
      ('ijk,ilk->ijl', (2, 3, 4), (2, 1, 4)), ('ij,jk->ik', (3, 0), (0, 4)))
  for spec, *shapes in specs:
    yield {'kind': 'einsum', 'what': spec, 'spec': spec,
           'inputs': {str(i): (s, 'float32') for i, s in enumerate(shapes)}}
  for dtypes in (('bfloat16', 'float32'), ('bfloat16', 'bfloat16'), ('float16', 'float16'),
                 ('float64', 'float64'), ('int32', 'int32'), ('int32', 'float32')):
    yield {'kind': 'einsum', 'what': f'of {dtypes[0]} and {dtypes[1]}', 'spec': 'ij,jk->ik',
           'inputs': {'0': ((3, 4), dtypes[0]), '1': ((4, 5), dtypes[1])}}


SPECIAL = (0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-3, 0.5, 2.0, -0.3, 10.0, -20.0, 87.0,
           -87.0, 0.999, -0.999, 3.1415927, 1e4, 1e-30)
UNARY = ('exp', 'expm1', 'log', 'log1p', 'log2', 'sqrt', 'rsqrt', 'sin', 'cos', 'tanh', 'erf',
         'erfc', 'erfinv', 'logistic', 'abs', 'sign', 'floor', 'ceil', 'round', 'negative',
         'square', 'reciprocal', 'relu', 'gelu_tanh', 'gelu_erf', 'silu', 'softplus', 'isnan',
         'isfinite', 'logical_not')
BINARY = ('add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'power', 'equal', 'less',
          'greater_equal', 'logical_and', 'logical_or', 'floor_divide', 'remainder')


def _elementwise(era):
  for fn in UNARY:
    for dtype in FLOATS:
      values = draw.tensor('x', (20,), 'float64', 'elementwise')
      x = np.concatenate([np.array(SPECIAL), values]).astype(draw.tensor('t', (), dtype, '').dtype)
      yield {'kind': 'elementwise', 'what': f'{fn} {dtype}', 'fn': fn, 'inputs': {'0': x}}
  for fn in BINARY:
    for a, b in (('float32', 'float32'), ('bfloat16', 'bfloat16'), ('float16', 'float32'),
                 ('float64', 'float64'), ('int32', 'float32'), ('int32', 'int32'),
                 ('uint8', 'int32'), ('bfloat16', 'int32')):
      if a == b == 'int32' and fn == 'power':
        continue  # negative integer powers are undefined
      if (a, b, fn) == ('uint8', 'int32', 'power'):
        continue
      yield {'kind': 'elementwise', 'what': f'{fn} {a} {b}', 'fn': fn,
             'inputs': {'0': ((3, 1, 4), a), '1': ((5, 1), b)}}


def _softmax(era):
  rows = np.array([[0, 1, 2], [np.inf, 0, 1], [-np.inf, 0, 1], [-np.inf] * 3, [np.nan, 0, 1],
                   [3e38, -3e38, 0]], np.float32)
  for fn in ('softmax', 'log_softmax', 'logsumexp'):
    yield {'kind': 'softmax', 'what': f'{fn} of special rows', 'fn': fn, 'inputs': {'x': rows},
           'args': {'axis': -1}}
    for dtype in FLOATS:
      for axis in (-1, 0, [0, 2]):
        yield {'kind': 'softmax', 'what': f'{fn} {dtype} over {axis}', 'fn': fn,
               'inputs': {'x': ((3, 4, 5), dtype)}, 'args': {'axis': axis}}


def _reductions(era):
  for fn in ('sum', 'mean', 'max', 'min', 'prod', 'var', 'any', 'all', 'argmax', 'argmin', 'cumsum',
             'sort', 'argsort'):
    one = fn in ('argmax', 'argmin', 'cumsum', 'sort', 'argsort')
    for dtype in ('float32', 'bfloat16', 'float16', 'float64', 'int32'):
      for axis in ((-1, 0) if one else (-1, 0, [0, 2], None)):
        yield {'kind': 'reduction', 'what': f'{fn} {dtype} over {axis}', 'fn': fn,
               'inputs': {'x': ((3, 4, 5), dtype)}, 'args': {'axis': axis}}
