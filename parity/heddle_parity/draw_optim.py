"""Draws cases of optimizers: Optax's, with random arguments, alone, in chains, in MultiSteps."""

from heddle_parity import golden_optim
from heddle_parity.draw import stream
from heddle_parity.golden_optim import KERNELS, of

HALVES = ('bfloat16', 'float16')


def case(era, seed, i):
  """Draws optimizer case i of a seed, without outputs."""
  return _Draw(era, seed, i).case()


class _Draw:
  """Draws the parts of one case."""

  def __init__(self, era, seed, i):
    self.era, self.modern = era, era == 'modern'
    self.id = f'{era}-optimizer-{seed}-{i}'
    self.random = stream('live-optimizer', era, seed, i)
    self.dtype = self.pick(('float32',) * 6 + ('float64',) + HALVES)
    self.narrowest = self.dtype

  def case(self):
    spec = self.optimizer()
    if self.bernoulli(0.25):
      spec = of('chain', of('clip_by_global_norm', max_norm=self.pick((0.05, 0.5, 2.0))), spec)
    if self.bernoulli(0.15) and (self.modern or self.dtype == 'float32'):
      steps = {'every_k_schedule': int(self.pick((1, 2, 3, 5)))}
      if self.bernoulli(0.3):
        steps['use_grad_mean'] = False
      spec = of('MultiSteps', spec, **steps)
    made = golden_optim.steps(
      'a random optimizer',
      spec,
      self.dtype,
      self.narrowest,
      size=self.pick((1.0, 1.0, 0.01, 30.0)),
      zero=self.bernoulli(0.1),
    )
    return made(self.era, None, None, self.id)

  def optimizer(self):
    name = self.pick(('sgd', 'adam', 'adamw', 'adamw', 'lion', 'parts'))
    return getattr(self, name)()

  def sgd(self):
    args = {'learning_rate': self.rate(True)}
    if self.bernoulli(0.7):
      args.update(momentum=self.pick((0.5, 0.9)), nesterov=self.bernoulli(0.5))
      self.maybe_narrow(args, 'accumulator_dtype')
    return of('sgd', **args)

  def adam(self):
    args = {'learning_rate': self.rate(False), **self.moments()}
    if self.bernoulli(0.2) and self.dtype not in HALVES:
      args['eps_root'] = 1e-3
    return of('adam', **args)

  def adamw(self):
    args = {'learning_rate': self.rate(True), **self.moments()}
    args['weight_decay'] = self.pick((0.0, 0.01, 0.1))
    if self.modern and self.bernoulli(0.15):
      args['weight_decay'] = self.schedule()
    if self.bernoulli(0.3):
      args['mask'] = KERNELS
    return of('adamw', **args)

  def lion(self):
    args = {'learning_rate': self.rate(False), 'weight_decay': self.pick((0.0, 0.1))}
    if self.bernoulli(0.5):
      args.update(b1=self.pick((0.8, 0.9)), b2=self.pick((0.9, 0.99)))
    if self.bernoulli(0.3):
      args['mask'] = KERNELS
    self.maybe_narrow(args, 'mu_dtype')
    return of('lion', **args)

  def parts(self):
    first = self.pick(
      (
        of('trace', decay=0.9, nesterov=self.bernoulli(0.5)),
        of('scale_by_lion', b2=0.9),
        of('identity'),
      )
    )
    decay = of('add_decayed_weights', weight_decay=0.05, mask=KERNELS)
    return of('chain', first, decay, of('scale_by_learning_rate', learning_rate=self.schedule()))

  def moments(self):
    args = {'eps': 1e-4 if self.dtype in HALVES else self.pick((1e-8, 1e-4))}
    if self.bernoulli(0.4):
      args.update(b1=self.pick((0.8, 0.9)), b2=self.pick((0.95, 0.999)))
    if self.bernoulli(0.25):
      args['nesterov'] = True
    self.maybe_narrow(args, 'mu_dtype')
    return args

  def maybe_narrow(self, args, name):
    """Sometimes sets another dtype of the moments, where underflow does not dominate."""
    if self.dtype == 'float32' and self.bernoulli(0.15):
      args[name] = self.narrowest = 'bfloat16'
      if 'eps' in args:
        args['eps'] = 1e-4

  def rate(self, schedules):
    if schedules and self.bernoulli(0.3):
      return self.schedule()
    return self.pick((0.001, 0.03, 0.1))

  def schedule(self):
    if self.narrowest == 'float64':
      self.narrowest = 'float32'  # schedules compute in float32
    first, steps = self.pick((0.1, 0.03)), int(self.pick((5, 9, 20)))
    return self.pick(
      (
        golden_optim.WARMUP,
        {
          'schedule': 'linear_schedule',
          'args': {'init_value': first, 'end_value': 0.01, 'transition_steps': steps},
        },
        {
          'schedule': 'exponential_decay',
          'args': {'init_value': first, 'transition_steps': steps, 'decay_rate': 0.7},
        },
        {'schedule': 'cosine_decay_schedule', 'args': {'init_value': first, 'decay_steps': steps}},
      )
    )

  def bernoulli(self, p):
    return bool(self.random.uniform() < p)

  def pick(self, choices):
    return choices[self.random.randint(len(choices))]
