"""Runs the cases of functions: random numbers, initializers, attention, masks, arithmetic."""

import hashlib

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from heddle_parity import config as configs
from heddle_parity import draw

DTYPES = ('float32', 'float64', 'bfloat16', 'float16', 'int32', 'int64', 'uint8', 'uint32', 'bool')
LARGE = 65536
HEAD = 64


def random(case):
  """Runs a function of `jax.random`; stores a large result as its hash and its first values."""
  info = case.info
  key = jax.random.PRNGKey(info['seed'])
  args = dict(info.get('args', {}))
  fn, shape = info['fn'], tuple(info.get('shape', ()))
  dtype = configs.dtype(info.get('dtype'))
  if fn == 'key':
    drawn = key
  elif fn == 'split':
    drawn = jax.random.split(key, args['num'])
  elif fn == 'fold_in':
    drawn = jax.random.fold_in(key, args['data'])
  elif fn == 'bernoulli':
    drawn = jax.random.bernoulli(key, args['p'], shape)
  elif fn == 'permutation':
    given = case.inputs().get('x')
    drawn = jax.random.permutation(
      key, args['n'] if given is None else jnp.asarray(given), axis=args.get('axis', 0)
    )
  elif fn == 'randint':
    drawn = jax.random.randint(key, shape, args['minval'], args['maxval'], dtype)
  elif fn == 'truncated_normal':
    drawn = jax.random.truncated_normal(key, args['lower'], args['upper'], shape, dtype)
  else:
    drawn = getattr(jax.random, fn)(key, shape, dtype, **args)
  drawn = np.asarray(drawn)
  if drawn.size > LARGE:
    info['sha256'] = hashlib.sha256(drawn.tobytes()).hexdigest()
    info['result_shape'] = list(drawn.shape)
    case.tensors['head'] = drawn.reshape(-1)[:HEAD].copy()
  else:
    case.tensors['output'] = drawn


def initializer(case):
  """Runs an initializer."""
  info = case.info
  init = configs.initializer(info['initializer'])
  drawn = init(jax.random.PRNGKey(info['seed']), tuple(info['shape']), configs.dtype(info['dtype']))
  case.tensors['output'] = np.asarray(drawn)


def attention(case):
  """`dot_product_attention` or `dot_product_attention_weights`, outside any module."""
  info = case.info
  args = _attention_arguments(info)
  given = {name: jnp.asarray(tensor) for name, tensor in case.inputs().items()}
  case.tensors['output'] = np.asarray(getattr(nn, info['kind'])(**given, **args))


def _attention_arguments(info):
  args = dict(info.get('args', {}))
  if 'dtype' in args:
    args['dtype'] = configs.dtype(args['dtype'])
  if 'dropout_rng' in args:
    args['dropout_rng'] = jax.random.PRNGKey(args['dropout_rng'])
  return args


def attention_gradient(case):
  """The vector-Jacobian product of `dot_product_attention` for query, key, value and bias."""
  info = case.info
  args = _attention_arguments(info)
  given = {name: jnp.asarray(tensor) for name, tensor in case.inputs().items()}
  floating = {
    n: t for n, t in given.items() if n != 'mask' and jnp.issubdtype(t.dtype, jnp.inexact)
  }
  output, pullback = jax.vjp(
    lambda at: nn.dot_product_attention(**{**given, **at}, **args), floating
  )
  case.tensors['output'] = np.asarray(output)
  if 'cotangent' not in case.tensors:
    case.tensors['cotangent'] = draw.tensor(
      'cotangent', output.shape, output.dtype.name, info.get('drawn', info['id'])
    )
  cotangent = jnp.asarray(case.tensors['cotangent']).astype(output.dtype)
  (grads,) = pullback(cotangent)
  case.tensors.update({f'grads/{name}': np.asarray(grads[name]) for name in floating})


PAIRWISE = {
  name: getattr(jnp, name)
  for name in (
    'multiply',
    'greater_equal',
    'greater',
    'less',
    'less_equal',
    'equal',
    'not_equal',
    'logical_and',
    'logical_or',
    'add',
    'subtract',
    'maximum',
  )
}


def masks(case):
  """Runs a mask function; no `output` means that it returned None."""
  info = case.info
  args = dict(info.get('args', {}))
  if 'dtype' in args:
    args['dtype'] = configs.dtype(args['dtype'])
  if 'pairwise_fn' in args:
    args['pairwise_fn'] = PAIRWISE[args['pairwise_fn']]
  given = [jnp.asarray(tensor) for tensor in case.inputs().values()]
  if 'positions' in info:  # combine_masks: the positions of None among the arguments
    given = [None if i is None else given[i] for i in info['positions']]
  answer = getattr(nn, info['fn'])(*given, **args)
  if answer is not None:
    case.tensors['output'] = np.asarray(answer)


def promote(case):
  """`jnp.promote_types` of all pairs, and of each with Python's scalars."""
  zeros = {name: jnp.zeros((), name) for name in DTYPES}
  case.info['table'] = {f'{a},{b}': jnp.promote_types(a, b).name for a in DTYPES for b in DTYPES}
  case.info['weak'] = {
    f'{a},{python.__name__}': (zeros[a] + python(1)).dtype.name
    for a in DTYPES
    for python in (bool, int, float)
  }


def einsum(case):
  """`jnp.einsum`."""
  given = [jnp.asarray(tensor) for tensor in case.inputs().values()]
  case.tensors['output'] = np.asarray(jnp.einsum(case.info['spec'], *given))


ELEMENTWISE = {
  **{
    n: getattr(jnp, n)
    for n in (
      'exp',
      'expm1',
      'log',
      'log1p',
      'log2',
      'sqrt',
      'sin',
      'cos',
      'tanh',
      'abs',
      'sign',
      'floor',
      'ceil',
      'round',
      'negative',
      'square',
      'reciprocal',
      'add',
      'subtract',
      'multiply',
      'divide',
      'maximum',
      'minimum',
      'power',
      'equal',
      'less',
      'greater_equal',
      'logical_and',
      'logical_or',
      'logical_not',
      'floor_divide',
      'remainder',
      'isnan',
      'isfinite',
    )
  },
  'rsqrt': jax.lax.rsqrt,
  'erf': jax.scipy.special.erf,
  'erfinv': jax.scipy.special.erfinv,
  'erfc': jax.scipy.special.erfc,
  'logistic': jax.nn.sigmoid,
  'relu': jax.nn.relu,
  'gelu_tanh': lambda x: jax.nn.gelu(x, approximate=True),
  'gelu_erf': lambda x: jax.nn.gelu(x, approximate=False),
  'silu': jax.nn.silu,
  'softplus': jax.nn.softplus,
}
AXISWISE = {
  'softmax': jax.nn.softmax,
  'log_softmax': jax.nn.log_softmax,
  'logsumexp': jax.scipy.special.logsumexp,
  **{
    n: getattr(jnp, n)
    for n in (
      'sum',
      'mean',
      'max',
      'min',
      'prod',
      'argmax',
      'argmin',
      'cumsum',
      'any',
      'all',
      'var',
      'sort',
      'argsort',
    )
  },
}


def elementwise(case):
  """Runs an elementwise function of one tensor, or of two that broadcast."""
  given = [jnp.asarray(tensor) for tensor in case.inputs().values()]
  case.tensors['output'] = np.asarray(ELEMENTWISE[case.info['fn']](*given))


def axiswise(case):
  """Runs a function along axes: softmax, reductions, sorting."""
  info = case.info
  args = {k: tuple(v) if isinstance(v, list) else v for k, v in info.get('args', {}).items()}
  given = jnp.asarray(case.inputs()['x'])
  case.tensors['output'] = np.asarray(AXISWISE[info.get('fn', 'softmax')](given, **args))


RUNNERS = {
  'random': random,
  'initializer': initializer,
  'dot_product_attention': attention,
  'dot_product_attention_weights': attention,
  'attention_gradient': attention_gradient,
  'masks': masks,
  'promote': promote,
  'einsum': einsum,
  'elementwise': elementwise,
  'softmax': axiswise,
  'reduction': axiswise,
}
