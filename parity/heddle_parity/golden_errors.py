"""The golden cases that Flax rejects: the step, the error's class and its message."""

from heddle_parity import golden_attention, golden_modules

TWO = {'num_heads': 2}
SQUARE = {'inputs_q': (2, 4, 6)}


def cases(era):
  """All error cases of an era."""
  specs = (*_attention(), *(_modern_attention() if era == 'modern' else ()))
  modules = (*_modules(), *(() if era == 'modern' else _classic_modules()))
  return ([_of_attention(era, *spec) for spec in specs]
          + [_of_module(era, *spec) for spec in modules])


def _of_attention(era, name, what, config, inputs=None, edit=None, rest=None):
  found = golden_attention.case(era, name, what, config, inputs or SQUARE, **(rest or {}))
  return _as_error(found, era, name, 'attention', edit)


def _of_module(era, name, module, what, rest=None, inputs=None, args=None, edit=None):
  found = golden_modules.case(era, name, module, what, rest, inputs, args)
  return _as_error(found, era, name, 'module', edit)


def _as_error(found, era, name, of, edit):
  found.info['id'] = f'{era}/error-{name}'
  found.info['of'] = of
  found.info['kind'] = 'error'
  if edit:
    found.info['edit'] = edit
  return found


def _attention():
  yield ('heads-do-not-divide', 'features that the heads do not divide', {'num_heads': 4})
  yield ('deterministic-missing', 'dropout, but deterministic nowhere',
         {**TWO, 'dropout_rate': 0.4})
  yield ('deterministic-twice', 'deterministic at construction and at the call',
         {**TWO, 'dropout_rate': 0.4, 'deterministic': True}, None, None,
         {'call': {'deterministic': True}})
  yield ('cache-immutable', 'decoding where the cache is not mutable', TWO,
         {**SQUARE, 'apply_inputs_q': (2, 1, 6)}, None,
         {'decode': True, 'apply': {'mutable': ['other']}})
  yield ('decode-length', 'two positions in one decoding step', TWO,
         {**SQUARE, 'apply_inputs_q': (2, 2, 6)}, None, {'decode': True})
  yield ('decode-mask-rank', 'a mask of another rank while decoding', TWO,
         {**SQUARE, 'apply_inputs_q': (2, 1, 6), 'apply_mask': (1, 4)}, None, {'decode': True})
  yield ('decode-mask-length', 'a mask of another length while decoding', TWO,
         {**SQUARE, 'apply_inputs_q': (2, 1, 6), 'apply_mask': (2, 1, 1, 3)}, None,
         {'decode': True})
  yield ('cache-missing', 'decoding without a cache that could be made', TWO,
         {**SQUARE, 'apply_inputs_q': (2, 1, 6)}, [['delete', 'cache']],
         {'decode': True, 'apply': {'mutable': ['other']}})
  yield ('cache-shape', 'a cache of another batch', TWO,
         {**SQUARE, 'apply_inputs_q': (2, 1, 6)},
         [['zeros', 'cache/cached_key', [3, 4, 2, 3], 'float32']], {'decode': True})
  yield ('cache-dtype', 'a cache of another dtype', TWO,
         {**SQUARE, 'apply_inputs_q': (2, 1, 6)},
         [['zeros', 'cache/cached_key', [2, 4, 2, 3], 'float16']], {'decode': True})
  yield ('dtype-integer', 'a dtype that is not inexact', {**TWO, 'dtype': 'int32'})
  yield ('kernel-shape', 'a kernel of another shape', TWO, None,
         [['zeros', 'params/query/kernel', [6, 3, 2], 'float32']])
  yield ('bias-shape', 'a bias of another shape', TWO, None,
         [['zeros', 'params/out/bias', [7], 'float32']])
  yield ('kernel-missing', 'no kernel', TWO, None, [['delete', 'params/value/kernel']])
  yield ('layer-missing', 'no layer of that name', TWO, None, [['delete', 'params/value']])
  yield ('params-missing', 'no parameters at all', TWO, None, [['delete', 'params']])
  yield ('inputs-width', 'inputs of another width than the parameters',
         {**TWO, 'qkv_features': 6, 'out_features': 6},
         {**SQUARE, 'apply_inputs_q': (2, 4, 5)})
  yield ('batch-mismatch', 'keys of another batch', TWO,
         {'inputs_q': (2, 4, 6), 'inputs_kv': (3, 4, 6)})
  yield ('rank-mismatch', 'keys of another rank', TWO,
         {'inputs_q': (2, 4, 6), 'inputs_kv': (4, 6)})
  yield ('mask-shape', 'a mask that does not broadcast', TWO, {**SQUARE, 'mask': (2, 1, 4, 3)})
  yield ('mask-heads', 'a mask for three heads of two', TWO, {**SQUARE, 'mask': (2, 3, 4, 4)})


def _modern_attention():
  yield ('kv-and-k', 'inputs_kv together with inputs_k', TWO,
         {**SQUARE, 'inputs_kv': (2, 4, 6), 'inputs_k': (2, 4, 6)})
  yield ('v-without-k', 'inputs_v without inputs_k', TWO, {**SQUARE, 'inputs_v': (2, 4, 6)})
  yield ('lengths-differ', 'values of another length than the keys', TWO,
         {**SQUARE, 'inputs_k': (2, 4, 6), 'inputs_v': (2, 5, 6)})
  yield ('one-einsum', 'one replaced einsum without the other',
         {**TWO, 'qk_attn_weights_einsum_cls': 'parity:twice'})
  yield ('einsum-and-precision', 'replaced einsums together with precision',
         {**TWO, 'precision': 'highest', 'qk_attn_weights_einsum_cls': 'parity:twice',
          'attn_weights_value_einsum_cls': 'parity:twice'})
  yield ('precision-unknown', 'a precision of no known name', {**TWO, 'precision': 'exact'})


def _modules():
  noise = {'init': {'rngs': {'params': 0, 'noise': 1}}}
  yield ('name-taken', 'NameTaken', 'an explicit name meets an automatic one')
  yield ('name-twice', 'SameNameTwice', 'one explicit name for two submodules')
  yield ('param-taken', 'ParamTaken', 'a parameter with the name of a submodule')
  yield ('param-twice', 'ParamTwice', 'a parameter made twice')
  yield ('state-immutable', 'WritesState', 'state written where it is not mutable')
  yield ('variable-missing', 'ReadsMissing', 'a variable that nobody made')
  yield ('rng-missing', 'MakeRng', 'no stream of that name, nor params', noise)
  yield ('module-kernel-shape', 'Named', 'a kernel of another shape, deep in the tree', None, None,
         None, [['zeros', 'params/encoder/query/kernel', [6, 3, 2], 'float32']])
  yield ('module-kernel-missing', 'Named', 'a kernel missing, deep in the tree', None, None, None,
         [['delete', 'params/encoder/query/kernel']])
  yield ('module-layer-missing', 'Named', 'a layer missing', None, None, None,
         [['delete', 'params/head']])
  yield ('params-stream-missing', 'Named', 'init without a params stream',
         {'init': {'rngs': {'dropout': 0}}})


def _classic_modules():
  yield ('stream-missing', 'TwoAttentions', 'no dropout stream: the classic era has no fallback',
         {'call': {'deterministic': False}})
