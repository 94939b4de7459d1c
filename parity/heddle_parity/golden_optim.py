"""The golden bundles of Optax: optimizers over several steps, schedules, the global norm."""

from heddle_parity import draw
from heddle_parity.cases import Case

STEPS = 12
SHAPES = {'dense/bias': (5,), 'dense/kernel': (3, 5), 'norm/scale': ()}
WARMUP = {
    'schedule': 'warmup_cosine_decay_schedule',
    'args': {'init_value': 0.0, 'peak_value': 0.03, 'warmup_steps': 4, 'decay_steps': 10,
             'end_value': 0.003}}
KERNELS = {'ends_with': 'kernel'}


def bundles(era):
  """Cases by the name of their bundle."""
  topics = {'optimizers': _optimizers, 'schedules': _schedules, 'global-norm': _norms}
  return {name: [made(era, name, i) for i, made in enumerate(topic(era))]
          for name, topic in topics.items()}


def of(name, *parts, **args):
  """A transformation in JSON."""
  return {'name': name, **({'of': list(parts)} if parts else {}), 'args': args}


def steps(what, spec, dtype='float32', narrowest=None, size=1.0, zero=False):
  """Makes an optimizer case; `size` scales gradients, `zero` sets those of biases to 0."""

  def made(era, bundle, i, case_id=None):
    case_id = case_id or f'{era}/{bundle}/{i}'
    tensors = {}
    for path, shape in SHAPES.items():
      tensors[f'inputs/params/params/{path}'] = draw.tensor(path, shape, dtype, case_id)
    for path, shape in SHAPES.items():
      grads = draw.tensor(f'grads {path}', (STEPS, *shape), dtype, case_id)
      by = 0.0 if zero and path.endswith('bias') else size
      tensors[f'inputs/grads/params/{path}'] = (grads * by).astype(grads.dtype)
    return Case({
        'id': case_id, 'kind': 'optimizer', 'era': era, 'x64': dtype == 'float64',
        'property': what, 'optimizer': spec, 'steps': STEPS, 'narrowest': narrowest or dtype},
                tensors)

  return made


def _optimizers(era):
  rate = {'learning_rate': 0.03}
  for dtype in ('float32', 'bfloat16', 'float16', 'float64'):
    yield steps(f'sgd, {dtype}', of('sgd', **rate), dtype)
    yield steps(f'momentum, {dtype}', of('sgd', momentum=0.9, **rate), dtype)
    yield steps(f'Nesterov, {dtype}', of('sgd', momentum=0.9, nesterov=True, **rate), dtype)
    yield steps(f'adam, {dtype}', of('adam', eps=1e-4, **rate), dtype)
    yield steps(f'adamw, {dtype}', of('adamw', eps=1e-4, weight_decay=0.1, **rate), dtype)
    yield steps(f'lion, {dtype}', of('lion', weight_decay=0.1, **rate), dtype)
    yield steps(f'clipped adamw on a schedule, {dtype}',
                of('chain', of('clip_by_global_norm', max_norm=0.5),
                   of('adamw', eps=1e-4, mask=KERNELS, learning_rate=WARMUP)), dtype,
                'float32' if dtype == 'float64' else None)  # schedules compute in float32
  for dtype in ('float32', 'float64'):
    yield steps(f'adam with defaults, {dtype}', of('adam', **rate), dtype)
    yield steps(f'nadam, {dtype}', of('adam', nesterov=True, b1=0.8, b2=0.99, **rate), dtype)
    yield steps(f'eps_root, {dtype}', of('adam', eps_root=1e-3, **rate), dtype)
  yield steps('gradients that are 0', of('adam', **rate), zero=True)
  yield steps('large gradients', of('adam', **rate), size=1e6)
  yield steps('small gradients', of('adam', **rate), size=1e-6)
  yield steps('weight decay of kernels alone', of('adamw', mask=KERNELS, weight_decay=0.2, **rate))
  yield steps('nadamw', of('adamw', nesterov=True, **rate))
  yield steps('lion of kernels alone', of('lion', mask=KERNELS, b1=0.8, b2=0.95, **rate))
  yield steps('no weight decay', of('adamw', weight_decay=0.0, **rate))
  for dtype, other in (('float32', 'bfloat16'), ('bfloat16', 'float32')):
    yield steps(f'adamw of {dtype} with mu in {other}', of('adamw', eps=1e-4, mu_dtype=other, **rate),
                dtype, 'bfloat16')
    yield steps(f'nadam of {dtype} with mu in {other}',
                of('adam', eps=1e-4, nesterov=True, mu_dtype=other, **rate), dtype, 'bfloat16')
    yield steps(f'lion of {dtype} with mu in {other}', of('lion', mu_dtype=other, **rate), dtype,
                'bfloat16')
    yield steps(f'momentum of {dtype} in {other}',
                of('sgd', momentum=0.9, accumulator_dtype=other, **rate), dtype, 'bfloat16')
  yield steps('clipping that always clips', of('chain', of('clip_by_global_norm', max_norm=0.01),
                                               of('sgd', **rate)))
  yield steps('clipping that never clips', of('chain', of('clip_by_global_norm', max_norm=1e4),
                                              of('sgd', **rate)))
  yield steps('clipping after momentum', of('chain', of('trace', decay=0.9, nesterov=True),
                                            of('clip_by_global_norm', max_norm=1.0),
                                            of('scale', step_size=-0.1)))
  yield steps('parts of adamw', of('chain', of('scale_by_adam', b1=0.8),
                                   of('add_decayed_weights', weight_decay=0.05, mask=KERNELS),
                                   of('scale_by_learning_rate', learning_rate=WARMUP)))
  yield steps('parts of lion', of('chain', of('scale_by_lion', b2=0.9), of('identity'),
                                  of('scale_by_schedule', step_size_fn=WARMUP)))
  yield steps('sgd on a schedule', of('sgd', learning_rate=WARMUP))
  yield steps('MultiSteps of sums',
              of('MultiSteps', of('sgd', momentum=0.9, **rate), every_k_schedule=4,
                 use_grad_mean=False))
  yield steps('MultiSteps of one', of('MultiSteps', of('adam', **rate), every_k_schedule=1))
  yield steps('MultiSteps of a chain', of(
      'MultiSteps', of('chain', of('clip_by_global_norm', max_norm=0.5),
                       of('adamw', learning_rate=WARMUP)), every_k_schedule=2))
  yield steps('MultiSteps', of('MultiSteps', of('adamw', **rate), every_k_schedule=3))
  if era == 'modern':
    yield steps('MultiSteps of float64 gathers in float32',
                of('MultiSteps', of('adamw', **rate), every_k_schedule=3), 'float64')
    yield steps('MultiSteps of bfloat16 gathers in float32',
                of('MultiSteps', of('adamw', eps=1e-4, **rate), every_k_schedule=3), 'bfloat16')
    yield steps('weight decay on a schedule', of('adamw', weight_decay=WARMUP, **rate))
    yield steps('weight decay of kernels on a schedule',
                of('adamw', weight_decay=WARMUP, mask=KERNELS, **rate))


def _schedules(era):
  counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 17, 50, 99, 100, 101, 150, 2000]

  def of_count(name, **args):
    def made(era, bundle, i):
      return Case({
          'id': f'{era}/{bundle}/{i}', 'kind': 'schedule', 'era': era, 'x64': False,
          'property': name, 'schedule': {'schedule': name, 'args': args}, 'counts': counts})

    return made

  yield of_count('constant_schedule', value=0.1)
  for begin in (0, 5):
    yield of_count('linear_schedule', init_value=0.1, end_value=0.01, transition_steps=10,
                   transition_begin=begin)
    for power in (1, 2, 3, 0.5, 1.7):
      yield of_count('polynomial_schedule', init_value=1.0, end_value=0.1, power=power,
                     transition_steps=97, transition_begin=begin)
    for staircase in (False, True):
      for rate, end in ((0.5, None), (0.96, 0.05), (1.1, 0.3), (1.1, None)):
        yield of_count('exponential_decay', init_value=0.1, transition_steps=7, decay_rate=rate,
                       transition_begin=begin, staircase=staircase, end_value=end)
  yield of_count('linear_schedule', init_value=0.3, end_value=0.01, transition_steps=0)
  yield of_count('exponential_decay', init_value=0.3, transition_steps=5, decay_rate=0)
  for alpha in (0.0, 0.1):
    for exponent in (1.0, 2.0, 0.7):
      yield of_count('cosine_decay_schedule', init_value=0.02, decay_steps=100, alpha=alpha,
                     exponent=exponent)
  for warmup, decay, end in ((4, 10, 0.0), (10, 101, 1e-4), (0, 50, 0.0)):
    yield of_count('warmup_cosine_decay_schedule', init_value=1e-5, peak_value=3e-4,
                   warmup_steps=warmup, decay_steps=decay, end_value=end)
  yield of_count('warmup_cosine_decay_schedule', init_value=0.0, peak_value=0.5, warmup_steps=5,
                 decay_steps=100, end_value=0.05, exponent=1.5)
  if era == 'modern':
    yield of_count('warmup_constant_schedule', init_value=0.0, peak_value=0.7, warmup_steps=9)
  yield of_count('warmup_exponential_decay_schedule', init_value=0.0, peak_value=0.7,
                 warmup_steps=9, transition_steps=13, decay_rate=0.8)
  yield of_count('piecewise_constant_schedule', init_value=0.3,
                 boundaries_and_scales={'5': 0.1, '10': 3.0, '100': 0.7})
  yield of_count('join_schedules', boundaries=[3, 50], schedules=[
      {'schedule': 'constant_schedule', 'args': {'value': 0.1}},
      {'schedule': 'linear_schedule',
       'args': {'init_value': 0.2, 'end_value': 0.9, 'transition_steps': 20}},
      {'schedule': 'cosine_decay_schedule', 'args': {'init_value': 0.5, 'decay_steps': 60}}])


def _norms(_):
  def made_of(dtypes, size):
    def made(era, bundle, i):
      case_id = f'{era}/{bundle}/{i}'
      tensors = {}
      for (path, shape), dtype in zip(SHAPES.items(), dtypes):
        drawn = draw.tensor(path, shape, dtype, case_id)
        tensors[f'inputs/updates/params/{path}'] = (drawn * size).astype(drawn.dtype)
      return Case({
          'id': case_id, 'kind': 'global_norm', 'era': era, 'x64': 'float64' in dtypes,
          'property': f'global norm of {", ".join(dtypes)} times {size}'}, tensors)

    return made

  for dtype in ('float32', 'bfloat16', 'float16', 'float64'):
    yield made_of((dtype,) * 3, 1.0)
  yield made_of(('float32', 'bfloat16', 'float32'), 1.0)
  yield made_of(('float32',) * 3, 1e18)
  yield made_of(('float32',) * 3, 0.0)
