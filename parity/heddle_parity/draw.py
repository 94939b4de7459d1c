"""Draws attention cases: every argument, every dtype, few shapes (each new shape is compiled)."""

import json
import zlib

import ml_dtypes
import numpy as np

from heddle_parity.cases import Case

# batch, query length, key length, query features, key features, heads, qkv_features, out_features
SHAPES = (
  ((2,), 4, 4, 6, 6, 2, None, None),
  ((2,), 5, 7, 6, 4, 3, 12, None),
  ((), 4, 4, 6, 6, 1, None, 5),
  ((2, 3), 3, 3, 4, 4, 2, None, None),
  ((1,), 1, 6, 8, 8, 4, None, 3),
  ((3,), 6, 2, 4, 6, 2, 4, 4),
  ((2, 1, 2), 2, 2, 6, 6, 3, None, None),
  ((2,), 4, 4, 4, 4, 2, None, None),  # a depth of 2: the worst case for normalize_qk
)
# Few and small: for gradients every shape is compiled many times.
GRADIENT_SHAPES = (SHAPES[0], SHAPES[1], SHAPES[3], SHAPES[7])
KERNEL_INITS = (
  'lecun_normal',
  'xavier_uniform',
  'he_normal',
  'lecun_uniform',
  'parity:arange',
  'ones',
  {'name': 'normal', 'stddev': 0.3},
  {'name': 'uniform', 'scale': 0.5},
  {'name': 'variance_scaling', 'scale': 0.7, 'mode': 'fan_avg', 'distribution': 'normal'},
  {'name': 'variance_scaling', 'scale': 2.0, 'mode': 'fan_out', 'distribution': 'truncated_normal'},
)
BIAS_INITS = (
  'zeros',
  'ones',
  'parity:arange',
  {'name': 'normal', 'stddev': 0.2},
  {'name': 'constant', 'value': 0.125},
  {'name': 'uniform', 'scale': 1.0},
)
PRECISIONS = (
  'default',
  'highest',
  'high',
  'float32',
  'bfloat16',
  'fastest',
  ['default', 'highest'],
)
ATTENTION_FNS = ('parity:explicit_default', 'parity:relu_linear', 'parity:from_weights')
MASK_DTYPES = ('bool', 'float32', 'int32', 'uint8')


def stream(*words):
  """Returns a random generator that is seeded by names and numbers."""
  return np.random.RandomState([zlib.crc32(str(word).encode()) for word in words])


def tensor(name, shape, dtype, case_id):
  """Draws a tensor that depends only on the case, its name, shape and dtype."""
  random = stream(case_id, name)
  if dtype == 'bool':
    return np.asarray(random.randint(0, 2, shape), bool)
  if 'int' in dtype:
    return np.asarray(random.randint(0 if dtype[0] == 'u' else -3, 5, shape), dtype)
  values = np.asarray(random.standard_normal(shape))
  return np.asarray(values.astype(np.float32), ml_dtypes.bfloat16 if dtype == 'bfloat16' else dtype)


def mask(name, shape, dtype, case_id, keep=0.7):
  """Draws a random mask in which every row attends to its first key, so that no row is empty."""
  values = stream(case_id, name).uniform(size=shape) < keep
  values[..., 0] = True
  return values.astype(dtype)


def attention(era, seed, i):
  """Draws case i of a seed, without outputs."""
  return _Draw(era, f'{era}-{seed}-{i}', stream('live', era, seed, i)).case()


def gradient(era, seed, i):
  """Draws gradient case i of a seed, without outputs."""
  case_id = f'{era}-gradient-{seed}-{i}'
  drawn = _Draw(era, case_id, stream('live-gradient', era, seed, i), GRADIENT_SHAPES, 0.1).case()
  return Case({**drawn.info, 'kind': 'gradient'}, drawn.tensors)


class _Draw:
  """Draws the parts of one case."""

  def __init__(self, era, case_id, random, shapes=SHAPES, decoding=0.3):
    self.shapes, self.decoding = shapes, decoding
    self.modern = era == 'modern'
    self.random = random
    self.config = {}
    self.info = {
      'id': case_id,
      'kind': 'attention',
      'era': era,
      'x64': False,
      'property': 'a random configuration',
      'class': 'MultiHeadDotProductAttention',
      'config': self.config,
      'call': {},
      'init': {'rngs': {'params': self.seed()}},
      'apply': {},
    }
    self.inputs = {}

  def case(self):
    (self.batch, self.q, self.k, self.features, self.kv_features, heads, qkv, out) = self.pick(
      self.shapes
    )
    self.config['num_heads'] = heads
    self.maybe(qkv is not None, qkv_features=qkv)
    self.maybe(out is not None, out_features=out)
    self.decode = self.bernoulli(self.decoding)
    self.dtypes()
    self.layer_options()
    self.given()
    self.dropout()
    self.maybe_sow()
    if self.decode:
      self.config['decode'] = True
      self.info['steps'] = self.q
      self.info['apply']['mutable'] = ['cache'] + self.info['apply'].get('mutable', [])
    for part in ('call', 'apply'):
      if not self.info[part]:
        del self.info[part]
    given = {f'inputs/{name}': array for name, array in self.inputs.items()}
    return Case(json.loads(json.dumps(self.info)), given)

  def dtypes(self):
    kind = self.pick(('float32',) * 6 + ('bfloat16', 'bfloat16', 'float16', 'float16', 'float64'))
    if kind == 'float64' and self.decode and not self.modern:
      kind = 'float32'  # 0.7.2 cannot decode with x64 on
    self.input_dtype = 'float32'
    if kind == 'float64':
      self.info['x64'] = True
      self.input_dtype = 'float64'
      self.config['param_dtype'] = 'float64'
      self.maybe(self.bernoulli(0.5), dtype='float64')
    elif kind == 'float32':
      self.info['x64'] = self.bernoulli(0.08) and (self.modern or not self.decode)
      self.maybe(self.bernoulli(0.2), dtype='float32')
      self.input_dtype = self.pick(('float32',) * 8 + ('int32', 'bfloat16', 'float16'))
    else:
      way = self.pick(('compute', 'all', 'params', 'both'))
      self.maybe(way in ('compute', 'both'), dtype=kind)
      self.maybe(way in ('all', 'params', 'both'), param_dtype=kind)
      self.input_dtype = 'float32' if way in ('compute', 'params') else kind

  def layer_options(self):
    self.maybe(self.bernoulli(0.3), use_bias=self.bernoulli(0.2))
    self.maybe(self.bernoulli(0.4), kernel_init=self.pick(KERNEL_INITS))
    self.maybe(self.bernoulli(0.5), bias_init=self.pick(BIAS_INITS))
    self.maybe(self.bernoulli(0.15), precision=self.pick(PRECISIONS))
    self.maybe(self.bernoulli(0.15), attention_fn=self.pick(ATTENTION_FNS))
    self.maybe(self.bernoulli(0.07), qkv_dot_general='parity:twice')
    self.maybe(self.bernoulli(0.07), out_dot_general='parity:twice')
    if not self.modern:
      return
    self.maybe(self.bernoulli(0.25), normalize_qk=True)
    self.maybe(self.bernoulli(0.15), out_kernel_init=self.pick(KERNEL_INITS))
    self.maybe(self.bernoulli(0.15), out_bias_init=self.pick(BIAS_INITS))
    self.maybe(self.bernoulli(0.12), force_fp32_for_softmax=True)
    if not {'precision', 'attention_fn'} & set(self.config) and self.bernoulli(0.1):
      self.config['qk_attn_weights_einsum_cls'] = 'parity:twice'
      self.config['attn_weights_value_einsum_cls'] = 'parity:twice'

  def given(self):
    if self.decode:
      self.k = self.q
    form = self.pick(('self', 'kv', 'k', 'kv_apart') if self.modern else ('self', 'kv'))
    if form == 'self':
      self.k = self.q
      if self.bernoulli(0.2):
        self.info['class'] = 'SelfAttention'
      elif self.modern and self.bernoulli(0.2):
        self.info['class'] = 'MultiHeadAttention'
    self.put('inputs_q', (self.q, self.features))
    if form == 'kv':
      self.put('inputs_kv', (self.k, self.kv_features))
    elif form in ('k', 'kv_apart'):
      self.put('inputs_k', (self.k, self.kv_features))
      if form == 'kv_apart':
        self.put('inputs_v', (self.k, self.features))
    if self.bernoulli(0.5):
      self.put_mask()

  def put(self, name, shape):
    self.inputs[name] = tensor(name, (*self.batch, *shape), self.input_dtype, self.info['id'])

  def put_mask(self):
    if self.decode:
      shape, name = (*self.batch, 1, 1, self.q), 'mask'
      if self.bernoulli(0.3):
        shape, name = (self.q, *shape), 'mask_steps'
    else:
      heads, ones, name = self.config['num_heads'], (1,) * len(self.batch), 'mask'
      shape = self.pick(
        (
          (*ones, 1, self.q, self.k),
          (*self.batch, 1, 1, self.k),
          (*self.batch, 1, self.q, self.k),
          (*self.batch, heads, self.q, self.k),
          (self.q, self.k),
          (*ones, heads, 1, self.k),
        )
      )
    self.inputs[name] = mask(name, shape, self.pick(MASK_DTYPES), self.info['id'])
    if self.bernoulli(0.2):
      self.inputs[name][..., :1, :] = 0  # a fully masked row

  def dropout(self):
    if not self.bernoulli(0.45):
      return
    self.config['dropout_rate'] = self.pick((0.1, 0.25, 0.5, 0.9))
    self.maybe(self.bernoulli(0.5), broadcast_dropout=self.bernoulli(0.4))
    deterministic = self.bernoulli(0.3)
    (self.config if self.bernoulli(0.3) else self.info['call'])['deterministic'] = deterministic
    if not self.modern or self.bernoulli(0.5):
      self.info['init']['rngs']['dropout'] = self.seed()
    if deterministic:
      return
    if self.modern and self.bernoulli(0.3):
      self.info['call']['dropout_rng'] = self.seed()
    else:
      stream_name = 'params' if self.modern and self.bernoulli(0.2) else 'dropout'
      self.info['apply']['rngs'] = {stream_name: self.seed()}

  def maybe_sow(self):
    if (
      self.modern
      and self.bernoulli(0.25)
      and self.config.get('attention_fn') in (None, 'parity:from_weights')
    ):
      self.info['call']['sow_weights'] = True
      self.info['apply']['mutable'] = ['intermediates']

  def seed(self):
    return int(self.random.randint(0, 2**31 - 1))

  def bernoulli(self, p):
    return bool(self.random.uniform() < p)

  def pick(self, choices):
    return choices[self.random.randint(len(choices))]

  def maybe(self, condition, **settings):
    if condition:
      self.config.update(settings)
