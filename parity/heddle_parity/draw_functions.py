"""Draws cases of attention functions: the output and the gradients, including the bias's."""

import numpy as np

from heddle_parity.cases import Case
from heddle_parity.draw import mask, stream, tensor

# batch, query length, key length, heads, depth, depth of the values
SHAPES = (
  ((2,), 4, 7, 2, 3, 5),
  ((), 5, 5, 1, 4, 4),
  ((3,), 3, 6, 4, 2, 2),
  ((2, 2), 2, 4, 2, 4, 3),
)
DTYPES = ('float32',) * 5 + ('bfloat16', 'bfloat16', 'float16', 'float16', 'float64')


def case(era, seed, i):
  """Draws function case i of a seed, without outputs."""
  case_id = f'{era}-function-{seed}-{i}'
  random = stream('live-function', era, seed, i)

  def bernoulli(p):
    return bool(random.uniform() < p)

  def pick(choices):
    return choices[random.randint(len(choices))]

  batch, q, k, heads, depth, v_depth = pick(SHAPES)
  dtype = pick(DTYPES)
  tensors = {}
  for name, shape in (
    ('query', (*batch, q, heads, depth)),
    ('key', (*batch, k, heads, depth)),
    ('value', (*batch, k, heads, v_depth)),
  ):
    tensors[f'inputs/{name}'] = tensor(name, shape, dtype, case_id)
  ones = (1,) * len(batch)
  forms = (
    (*batch, heads, q, k),
    (*batch, 1, q, k),
    (*ones, heads, q, k),
    (*ones, heads, 1, k),
    (*ones, heads, q, 1),
    (q, k),
    (k,),
  )
  if bernoulli(0.85):
    bias_dtype = pick((dtype, dtype, dtype, 'float32', 'int32'))
    tensors['inputs/bias'] = tensor('bias', pick(forms), bias_dtype, case_id)
  if bernoulli(0.5):
    tensors['inputs/mask'] = mask('mask', pick(forms[:4]), pick(('bool', 'float32')), case_id)
    if bernoulli(0.2):
      tensors['inputs/mask'][..., :1, :] = 0  # a fully masked row
  args = {'deterministic': True}
  if bernoulli(0.3):
    args = {
      'deterministic': False,
      'dropout_rate': pick((0.1, 0.4, 0.9)),
      'dropout_rng': int(random.randint(0, 2**31 - 1)),
      'broadcast_dropout': bernoulli(0.5),
    }
  if bernoulli(0.2):
    args['dtype'] = 'float32' if dtype != 'float32' else pick(('bfloat16', 'float16'))
  if era == 'modern' and bernoulli(0.12):
    args['force_fp32_for_softmax'] = True
  narrowest = args.get('dtype', dtype)
  if args.get('force_fp32_for_softmax') and narrowest == 'float64':
    narrowest = 'float32'
  info = {
    'id': case_id,
    'kind': 'attention_gradient',
    'era': era,
    'x64': any(t.dtype == np.float64 for t in tensors.values()),
    'property': 'a random call',
    'args': args,
    'narrowest': narrowest,
  }
  return Case(info, tensors)
