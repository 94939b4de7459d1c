"""The golden cases of user-defined modules (`modules`): names, counters, state, captures."""

import numpy as np

from heddle_parity import draw
from heddle_parity.cases import Case

DROP = {'rngs': {'params': 0, 'dropout': 1}}
DRAWN = {'call': {'deterministic': False}, 'init': DROP, 'apply': {'rngs': {'dropout': 2}}}
DETERMINISTIC = {'call': {'deterministic': True}}
CAPTURE = {'capture_intermediates': True, 'mutable': ['intermediates']}


def cases(era):
  """All module cases of an era."""
  return [case(era, *spec) for spec in (*_both(), *(_modern() if era == 'modern' else ()))]


def case(era, name, module, what, rest=None, inputs=None, args=None):
  """Makes a case without outputs; without `inputs` the module gets `x` of shape [2, 4, 6]."""
  case_id = f'{era}/module-{name}'
  rest = dict(rest or {})
  given = inputs or {'x': ((2, 4, 6), 'float32')}
  tensors = {f'inputs/{n}': v if isinstance(v, np.ndarray) else draw.tensor(n, *v, case_id)
             for n, v in given.items()}
  info = {'id': case_id, 'kind': 'module', 'era': era, 'x64': False, 'property': what,
          'module': module, **({'args': args} if args else {}),
          'init': {'rngs': {'params': 0}}, **rest}
  return Case(info, tensors)


def _both():
  yield ('two-attentions', 'TwoAttentions', 'two unnamed attentions, two dropout masks', DRAWN)
  yield ('two-attentions-still', 'TwoAttentions', 'the same without dropout', DETERMINISTIC)
  yield ('shared-twice', 'SharedTwice', 'one instance called twice counts on', DRAWN)
  yield ('shared-twice-still', 'SharedTwice', 'one instance called twice, one set of parameters',
         DETERMINISTIC)
  yield ('named', 'Named', 'explicit names and an unnamed one')
  yield ('named-capture', 'Named', 'every output captured', {'apply': CAPTURE})
  yield ('self-alias', 'SelfAlias', 'SelfAttention has another name, so other numbers')
  yield ('encoder-block', 'EncoderBlock', 'a transformer block with dropout', DRAWN)
  yield ('encoder-block-still', 'EncoderBlock', 'a transformer block', DETERMINISTIC)
  yield ('encoder-block-capture', 'EncoderBlock', 'a transformer block, every output captured',
         {**DETERMINISTIC, 'apply': CAPTURE})
  yield ('stack', 'Stack', 'blocks in blocks: paths of three names', DRAWN)
  yield ('stack-capture', 'Stack', 'captures deep in the tree', {**DETERMINISTIC, 'apply': CAPTURE})
  yield ('remat', 'RematBlocks', 'rematerialized blocks: names, dropout masks, gradients',
         {**DRAWN, 'gradient': True, 'sorted': True})
  yield ('remat-still', 'RematBlocks', 'rematerialized blocks without dropout, gradients',
         {**DETERMINISTIC, 'gradient': True, 'sorted': True})
  yield ('setup-attributes', 'SetupAttrs', 'setup: attribute, list, map, explicit name, unused')
  yield ('setup-attention', 'SetupAttention', 'attentions in a list', DRAWN)
  yield ('setup-parameters', 'SetupParams', 'parameters of setup come first')
  yield ('passed-in', 'PassedIn', "made outside: the attribute's name", None, None,
         {'inner': {'class': 'Dense', 'config': {'features': 4, 'name': 'ignored'}}})
  yield ('parent-elsewhere', 'ParentElsewhere', 'made in the caller: it stays there')
  yield ('variable', 'WithVariable', 'state written', {'apply': {'mutable': ['state']}})
  yield ('variable-fixed', 'WithVariable', 'state read only')
  yield ('variable-all', 'WithVariable', 'everything mutable comes back',
         {'apply': {'mutable': True}})
  yield ('sow', 'WithSow', 'sown where someone listens',
         {'apply': {'mutable': ['intermediates', 'losses', 'sums']}})
  yield ('sow-again', 'WithSow', 'what init sowed is added to',
         {'apply': {'mutable': ['losses', 'sums']}})
  yield ('sow-deaf', 'WithSow', 'sown where nobody listens')
  yield ('sow-empty-list', 'WithSow', 'an empty list of mutable collections: still a pair',
         {'apply': {'mutable': []}})
  yield ('perturb', 'WithPerturb', 'zeros that are added')
  yield ('method', 'MethodOther', 'another method', {'apply': {'method': 'encode'}})
  yield ('method-second', 'MethodOther', 'another method with another input',
         {'apply': {'method': 'decode'}},
         {'x': ((2, 4, 6), 'float32'), 'z': ((2, 4, 3), 'float32')})
  yield ('make-rng', 'MakeRng', 'keys of a stream of its own',
         {'init': {'rngs': {'params': 0, 'noise': 1}}, 'apply': {'rngs': {'noise': 2}}})
  yield ('make-rng-params', 'MakeRng', "keys of the params stream after two parameters",
         {'apply': {'rngs': {'params': 2}}}, None, {'stream': 'params'})
  yield ('make-rng-300', 'MakeRng', 'counters beyond one byte',
         {'init': {'rngs': {'params': 0, 'noise': 1}}, 'apply': {'rngs': {'noise': 2}}}, None,
         {'draws': 300})
  yield ('two-streams', 'TwoStreams', 'counters of scopes and streams',
         {'init': {'rngs': {'params': 0, 'noise': 1, 'dropout': 2}},
          'apply': {'rngs': {'noise': 3, 'dropout': 4}}})
  yield ('block-twice', 'BlockTwice', 'names start anew, counters go on', DRAWN)
  yield ('deep-names', 'DeepNames', 'names beyond ASCII')
  yield ('embedded', 'WithLayers', 'Embed, causal attention, attend', None,
         {'ids': np.array([[1, 2, 3, 0], [6, 5, 5, 1]], np.int32)})


def _modern():
  yield ('alias', 'Alias', 'MultiHeadAttention counts apart')
  yield ('fallback', 'TwoAttentions', 'without a dropout stream the params stream serves',
         {'call': {'deterministic': False}, 'apply': {'rngs': {'params': 2}}})
  yield ('fallback-counts', 'MakeRng', "a missing stream takes params' key and counter",
         {'apply': {'rngs': {'params': 2}}})
  yield ('fallback-block', 'EncoderBlock', 'a block on the params stream alone',
         {'call': {'deterministic': False}, 'apply': {'rngs': {'params': 2}}})
