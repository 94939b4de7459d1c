"""The era of this process, and the JAX settings of a case."""

import contextlib
import hashlib
import os
import platform
import sys
import warnings

os.environ.setdefault('JAX_PLATFORMS', 'cpu')
warnings.filterwarnings('ignore')

import flax
import jax
import numpy as np

VERSIONS = {('0.12.8', '0.10.2'): 'modern', ('0.7.2', '0.4.20'): 'classic'}


def this_era():
  """Returns `modern` or `classic`; other versions of Flax and JAX are an error."""
  found = (flax.__version__, jax.__version__)
  if found not in VERSIONS:
    raise SystemExit(f'flax {found[0]} with jax {found[1]} is no oracle; expected {VERSIONS}')
  return VERSIONS[found]


def _keep_compiled():
  """Enables JAX's compilation cache, in the environment's folder; compiling is most of a case's time.

  Uses one folder per kind of processor, since the code is specific to it. Not supported by 0.4.20.
  """
  try:
    with open('/proc/cpuinfo') as cpuinfo:
      kind = {line for line in cpuinfo if line.startswith(('flags', 'Features', 'model'))}
  except OSError:
    kind = {platform.processor()}
  name = hashlib.sha256(''.join(sorted(kind)).encode()).hexdigest()[:16]
  jax.config.update('jax_compilation_cache_dir', os.path.join(sys.prefix, 'compiled', name))
  jax.config.update('jax_persistent_cache_min_compile_time_secs', 0)
  jax.config.update('jax_persistent_cache_min_entry_size_bytes', -1)


if this_era() == 'modern':
  _keep_compiled()


@contextlib.contextmanager
def settings(x64=False, partitionable=None):
  """Applies JAX settings within a context; the default of `partitionable` is the era's."""
  default = this_era() == 'modern'
  wanted = {
    'jax_enable_x64': x64,
    'jax_threefry_partitionable': default if partitionable is None else partitionable,
  }
  before = {name: getattr(jax.config, name) for name in wanted}
  for name, value in wanted.items():
    jax.config.update(name, value)
  try:
    yield
  finally:
    for name, value in before.items():
      jax.config.update(name, value)


def rngs(seeds):
  """Returns keys by stream, from seeds by stream."""
  return {name: jax.random.PRNGKey(seed) for name, seed in (seeds or {}).items()}


def flatten(prefix, tree):
  """Returns tensors by path, from nested mappings and tuples, in tree order."""
  if isinstance(tree, (tuple, list)):
    tree = {str(i): item for i, item in enumerate(tree)}
  if hasattr(tree, 'items'):
    found = {}
    for name, child in tree.items():
      found.update(flatten(f'{prefix}/{name}', child))
    return found
  return {} if tree is None else {prefix: np.asarray(tree)}
