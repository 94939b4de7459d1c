"""The case file: one or many cases in a compressed npz, byte for byte reproducible (FORMAT.md)."""

import io
import json
import os
import zipfile

import ml_dtypes
import numpy as np

EPOCH = (1980, 1, 1, 0, 0, 0)
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


class Case:
  """A case, Flax's inputs and outputs: a JSON object and named tensors in tree order."""

  def __init__(self, info, tensors=None):
    self.info = info
    self.tensors = dict(tensors or {})

  @property
  def id(self):
    return self.info['id']

  def inputs(self):
    """Returns the input tensors by their names without `inputs/`, in order."""
    prefix = 'inputs/'
    return {k[len(prefix) :]: v for k, v in self.tensors.items() if k.startswith(prefix)}

  def question(self):
    """Returns a copy without the outputs, to be run again."""
    given = {k: v for k, v in self.tensors.items() if k.startswith('inputs/')}
    return Case(json.loads(json.dumps(self.info)), given)


def write_case(path, case):
  """Writes one case as entry `case` and its tensors."""
  _write(path, 'case', _described(case), case.tensors)


def write_bundle(path, cases):
  """Writes many cases as entry `cases`, a list; case i's tensors are called `i/name`."""
  tensors = {}
  for i, case in enumerate(cases):
    tensors.update({f'{i}/{name}': tensor for name, tensor in case.tensors.items()})
  _write(path, 'cases', [_described(case) for case in cases], tensors)


def read_cases(path):
  """Returns the cases of a file, a single case or a bundle."""
  with np.load(path) as entries:
    if 'case' in entries:
      info = json.loads(entries['case'].tobytes())
      names = [name for name in entries.files if name != 'case']
      return [_case(info, {name: entries[name] for name in names})]
    cases = []
    for i, info in enumerate(json.loads(entries['cases'].tobytes())):
      prefix = f'{i}/'
      tensors = {n[len(prefix) :]: entries[n] for n in entries.files if n.startswith(prefix)}
      cases.append(_case(info, tensors))
    return cases


def _case(info, tensors):
  halves = info.pop('dtypes', {})
  return Case(info, {n: t.view(BFLOAT16) if n in halves else t for n, t in tensors.items()})


def _described(case):
  halves = {n: 'bfloat16' for n, t in case.tensors.items() if t.dtype == BFLOAT16}
  return {**case.info, 'dtypes': halves} if halves else case.info


def _write(path, entry, info, tensors):
  text = json.dumps(info, ensure_ascii=False, separators=(', ', ': '))
  temporary = f'{path}.part'
  with zipfile.ZipFile(temporary, 'w') as archive:
    _put(archive, entry, np.frombuffer(text.encode(), np.uint8))
    for name, tensor in tensors.items():
      _put(archive, name, tensor.view('V2') if tensor.dtype == BFLOAT16 else tensor)
  os.replace(temporary, path)


def _put(archive, name, tensor):
  buffer = io.BytesIO()
  shape = np.shape(tensor)
  np.lib.format.write_array(
    buffer, np.ascontiguousarray(tensor).reshape(shape), version=(1, 0), allow_pickle=False
  )
  entry = zipfile.ZipInfo(name + '.npy', EPOCH)
  entry.compress_type = zipfile.ZIP_DEFLATED
  entry.external_attr = 0o644 << 16
  archive.writestr(entry, buffer.getvalue(), compresslevel=9)
