"""User-defined modules; Java's tests have the same modules by name.

Each is small, shows one rule of naming, randomness or state, and takes `x` first.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp

from heddle_parity import config as configs
from heddle_parity import draw
from heddle_parity.era import flatten, rngs


class TwoAttentions(nn.Module):
  """Two attentions named by their order, each with dropout of its own."""

  @nn.compact
  def __call__(self, x, deterministic=False):
    x = nn.MultiHeadDotProductAttention(num_heads=2, dropout_rate=0.4)(
      x, x, deterministic=deterministic
    )
    return nn.MultiHeadDotProductAttention(num_heads=2, dropout_rate=0.4)(
      x, x, deterministic=deterministic
    )


class SharedTwice(nn.Module):
  """One attention called twice: the same parameters, the second dropout mask is another."""

  @nn.compact
  def __call__(self, x, deterministic=False):
    attention = nn.MultiHeadDotProductAttention(num_heads=2, dropout_rate=0.4)
    return attention(attention(x, x, deterministic=deterministic), x, deterministic=deterministic)


class Named(nn.Module):
  """Explicit names; an unnamed Dense beside them is still Dense_0."""

  @nn.compact
  def __call__(self, x):
    x = nn.MultiHeadDotProductAttention(num_heads=2, name='encoder')(x, x)
    x = nn.Dense(4)(x)
    return nn.Dense(3, name='head')(x)


class SelfAlias(nn.Module):
  """SelfAttention has a name of its own, so other random numbers."""

  @nn.compact
  def __call__(self, x):
    return nn.SelfAttention(num_heads=2)(x) + nn.MultiHeadDotProductAttention(num_heads=2)(x, x)


class Alias(nn.Module):
  """MultiHeadAttention beside MultiHeadDotProductAttention: two names, two counters (modern)."""

  @nn.compact
  def __call__(self, x):
    x = nn.MultiHeadAttention(num_heads=2)(x, x)
    x = nn.MultiHeadDotProductAttention(num_heads=2)(x, x)
    return nn.MultiHeadAttention(num_heads=2)(x, x)


class EncoderBlock(nn.Module):
  """norm, attention, dropout, residual; norm, Dense, gelu, Dense, dropout, residual."""

  rate: float = 0.25

  @nn.compact
  def __call__(self, x, deterministic=False):
    y = nn.LayerNorm()(x)
    y = nn.MultiHeadDotProductAttention(num_heads=2, dropout_rate=self.rate)(
      y, y, deterministic=deterministic
    )
    x = x + nn.Dropout(self.rate)(y, deterministic=deterministic)
    y = nn.LayerNorm()(x)
    y = nn.Dense(2 * x.shape[-1])(y)
    y = nn.Dense(x.shape[-1])(nn.gelu(y))
    return x + nn.Dropout(self.rate)(y, deterministic=deterministic)


class Stack(nn.Module):
  """Blocks inside a module: paths of three names."""

  @nn.compact
  def __call__(self, x, deterministic=False):
    for _ in range(2):
      x = EncoderBlock()(x, deterministic)
    return nn.LayerNorm(name='final')(x)


class RematBlocks(nn.Module):
  """Blocks with rematerialization, unnamed (a name of its own) and named."""

  @nn.compact
  def __call__(self, x, deterministic=False):
    block = nn.remat(EncoderBlock, static_argnums=(2,))
    x = block()(x, deterministic)
    x = block()(x, deterministic)
    return block(name='last')(x, deterministic)


class SetupAttrs(nn.Module):
  """setup: attribute, list, map; `called` was given a name of its own; `unused` leaves nothing."""

  def setup(self):
    self.first = nn.Dense(3)
    self.layers = [nn.Dense(4), nn.Dense(5)]
    self.table = {'a': nn.Dense(2), 'b': nn.Dense(3)}
    self.called = nn.Dense(2, name='renamed')
    self.unused = nn.Dense(7)

  def __call__(self, x):
    x = self.layers[1](self.layers[0](x))  # before `first`: the tree follows first use
    x = self.first(x)
    return jnp.concatenate([self.table['b'](x), self.table['a'](x), self.called(x)], -1)


class SetupAttention(nn.Module):
  """Attentions in a list made by setup, with dropout."""

  def setup(self):
    self.attend = [nn.MultiHeadDotProductAttention(num_heads=2, dropout_rate=0.3) for _ in range(2)]

  def __call__(self, x, deterministic=False):
    for attend in self.attend:
      x = attend(x, x, deterministic=deterministic)
    return x


class SetupParams(nn.Module):
  """Parameters made in setup come before those of the submodules."""

  def setup(self):
    self.dense = nn.Dense(3)
    self.scale = self.param('scale', nn.initializers.normal(0.5), (3,))
    self.shift = self.param('shift', nn.initializers.uniform(), (3,))

  def __call__(self, x):
    return self.dense(x) * self.scale + self.shift


class PassedIn(nn.Module):
  """A submodule made outside takes the attribute's name."""

  inner: nn.Module

  @nn.compact
  def __call__(self, x):
    return nn.Dense(2)(self.inner(x))


class ParentElsewhere(nn.Module):
  """A Dense made here and given to an inner module belongs here: Dense_0 beside, not inside."""

  @nn.compact
  def __call__(self, x):
    return PassedIn(nn.Dense(4))(x)


class WithVariable(nn.Module):
  """State: a counter and a running mean, written where `state` is mutable."""

  @nn.compact
  def __call__(self, x):
    initialized = self.has_variable('state', 'mean')
    count = self.variable('state', 'count', lambda: jnp.zeros((), jnp.int32))
    mean = self.variable('state', 'mean', lambda: jnp.zeros(x.shape[-1:], x.dtype))
    if initialized and self.is_mutable_collection('state'):
      count.value = count.value + 1
      mean.value = 0.5 * mean.value + 0.5 * x[..., 0, :].reshape(-1, x.shape[-1])[0]
    return nn.Dense(3)(x) + mean.value.sum()


class WithSow(nn.Module):
  """sow twice under one name, into another collection too, and with a sum of its own."""

  @nn.compact
  def __call__(self, x):
    self.sow('intermediates', 'seen', x)
    x = nn.Dense(3)(x)
    self.sow('intermediates', 'seen', x)
    self.sow('losses', 'size', x[..., 0].sum())
    for row in range(2):
      self.sow(
        'sums',
        'total',
        x[..., row, :].sum(),
        reduce_fn=lambda a, b: a + b,
        init_fn=lambda: jnp.zeros(()),
      )
    return x


class WithPerturb(nn.Module):
  """perturb: zeros in `perturbations`, added to the value."""

  @nn.compact
  def __call__(self, x):
    x = nn.Dense(3)(x)
    x = self.perturb('hook', x)
    return nn.Dense(2)(x)


class MethodOther(nn.Module):
  """Methods beside __call__; init calls all, apply with `method` one of them."""

  def setup(self):
    self.down = nn.Dense(3)
    self.up = nn.Dense(6)

  def encode(self, x):
    return self.down(x)

  def decode(self, z):
    return self.up(z)

  def __call__(self, x):
    return self.decode(self.encode(x))


class MakeRng(nn.Module):
  """Keys of a stream of its own, after two parameters; the keys are the output."""

  stream: str = 'noise'
  draws: int = 3

  @nn.compact
  def __call__(self, x):
    w = self.param('w', nn.initializers.normal(), (2,))
    b = self.param('b', nn.initializers.uniform(), (2,))
    keys = jnp.stack([self.make_rng(self.stream) for _ in range(self.draws)])
    return keys, x[..., :2] * w + b


class TwoStreams(nn.Module):
  """Counters are of a scope and a stream: streams do not disturb each other, nor do children."""

  @nn.compact
  def __call__(self, x):
    found = [self.make_rng('noise'), self.make_rng('dropout'), self.make_rng('noise')]
    child = MakeRng(draws=2)
    keys, y = child(x)
    again, _ = child(y)
    found.append(self.make_rng('noise'))
    return jnp.stack(found), keys, again


class Block(nn.Module):
  """An unnamed Dense and Dropout, for calling twice."""

  @nn.compact
  def __call__(self, x, deterministic=False):
    return nn.Dropout(0.5)(nn.Dense(x.shape[-1])(x), deterministic=deterministic)


class BlockTwice(nn.Module):
  """Calling an instance twice starts its names anew, but not its random counters."""

  @nn.compact
  def __call__(self, x, deterministic=False):
    block = Block()
    return block(block(x, deterministic), deterministic)


class DeepNames(nn.Module):
  """Names beyond ASCII, three levels deep."""

  @nn.compact
  def __call__(self, x):
    x = Named(name='Überschicht')(x)
    x = nn.Dense(3, name='注意')(x)
    return PassedIn(nn.Dense(4, name='🧵'), name='näher')(x)


class WithLayers(nn.Module):
  """Embed, attention and attend: the embedding is used for inputs and logits."""

  @nn.compact
  def __call__(self, ids):
    embed = nn.Embed(num_embeddings=7, features=6)
    x = embed(ids)
    x = nn.MultiHeadDotProductAttention(num_heads=3)(x, x, mask=nn.make_causal_mask(ids))
    return embed.attend(x)


class NameTaken(nn.Module):
  """Error: the explicit Dense_1 meets the second unnamed Dense."""

  @nn.compact
  def __call__(self, x):
    x = nn.Dense(3, name='Dense_1')(x)
    return nn.Dense(3)(nn.Dense(3)(x))


class SameNameTwice(nn.Module):
  """Error: two submodules of one explicit name."""

  @nn.compact
  def __call__(self, x):
    return nn.Dense(3, name='twin')(nn.Dense(3, name='twin')(x))


class ParamTaken(nn.Module):
  """Error: a parameter with the name of a submodule."""

  @nn.compact
  def __call__(self, x):
    x = nn.Dense(3, name='w')(x)
    return x + self.param('w', nn.initializers.zeros, (3,))


class ParamTwice(nn.Module):
  """Error: one parameter made twice."""

  @nn.compact
  def __call__(self, x):
    return (
      x
      + self.param('w', nn.initializers.zeros, (1,))
      + self.param('w', nn.initializers.zeros, (1,))
    )


class WritesState(nn.Module):
  """Writes `state` always: an error where it is not mutable."""

  @nn.compact
  def __call__(self, x):
    count = self.variable('state', 'count', lambda: jnp.zeros((), jnp.int32))
    count.value = count.value + 1
    return x


class ReadsMissing(nn.Module):
  """Error: reads a variable that does not exist."""

  @nn.compact
  def __call__(self, x):
    other = self.variable('state', 'other', lambda: jnp.zeros(()))
    return x + other.value + self.variable('state', 'count').value


def make(info):
  """The module of a case, its submodule arguments built too."""
  args = {}
  for name, value in info.get('args', {}).items():
    if isinstance(value, dict) and 'class' in value:
      value = getattr(nn, value['class'])(**configs.constructor(value['config']))
    args[name] = value
  return globals()[info['module']](**args)


def init(module, info, given):
  """Returns Flax's variables for the case."""
  asked = info['init']
  return module.init(
    rngs(asked['rngs']), *given, **{**info.get('call', {}), **asked.get('call', {})}
  )


def apply(module, info, given, variables):
  """Returns the outputs of one apply; `method` gets the second input, if there is one."""
  asked = info.get('apply', {})
  named = dict(info.get('call', {}))
  if 'method' in asked:
    named['method'] = getattr(type(module), asked['method'])
    given = given[1:] or given
  if 'capture_intermediates' in asked:
    named['capture_intermediates'] = asked['capture_intermediates']
  answer = module.apply(
    variables,
    *given,
    rngs=rngs(asked.get('rngs')) or None,
    mutable=asked.get('mutable', False),
    **named,
  )
  if 'mutable' not in asked and 'capture_intermediates' not in asked:
    return flatten('apply/output', answer)
  output, changed = answer
  return {**flatten('apply/output', output), **flatten('apply', changed)}


def gradients(case, module, given, variables):
  """Adds the cotangent, if it is missing, and the vector-Jacobian product of apply."""
  info = case.info
  asked = info.get('apply', {})

  def program(params, x):
    named = {'rngs': rngs(asked.get('rngs')) or None, **info.get('call', {})}
    return module.apply({**variables, 'params': params}, x, *given[1:], **named)

  output, pullback = jax.vjp(program, variables['params'], given[0])
  if 'cotangent' not in case.tensors:
    case.tensors['cotangent'] = draw.tensor('cotangent', output.shape, output.dtype.name, info['id'])
  params, x = pullback(jnp.asarray(case.tensors['cotangent']))
  first = next(iter(case.inputs()))
  case.tensors.update({**flatten('grads/params', params), **flatten(f'grads/{first}', x)})


def run(case):
  """init with the first input, then apply."""
  info = case.info
  module = make(info)
  given = [jnp.asarray(tensor) for tensor in case.inputs().values()]
  variables = init(module, info, given[:1])
  case.tensors.update(flatten('init', variables))
  case.tensors.update(apply(module, info, given, variables))
  if info.get('gradient'):
    gradients(case, module, given, variables)
