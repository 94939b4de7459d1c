"""Which oracle this process is, and the JAX settings that a case asks for."""

import contextlib
import os
import warnings

os.environ.setdefault('JAX_PLATFORMS', 'cpu')
warnings.filterwarnings('ignore')

import flax
import jax
import numpy as np

VERSIONS = {('0.12.8', '0.10.2'): 'modern', ('0.7.2', '0.4.20'): 'classic'}


def this_era():
  """`modern` or `classic`; another pair of versions is no oracle."""
  found = (flax.__version__, jax.__version__)
  if found not in VERSIONS:
    raise SystemExit(f'flax {found[0]} with jax {found[1]} is no oracle; expected {VERSIONS}')
  return VERSIONS[found]


@contextlib.contextmanager
def settings(x64=False, partitionable=None):
  """Holds JAX to the given settings; without `partitionable` the era's own default."""
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
  """Keys by stream from seeds by stream."""
  return {name: jax.random.PRNGKey(seed) for name, seed in (seeds or {}).items()}


def flatten(prefix, tree):
  """Tensors by path from nested mappings and tuples, in tree order."""
  if isinstance(tree, (tuple, list)):
    tree = {str(i): item for i, item in enumerate(tree)}
  if hasattr(tree, 'items'):
    found = {}
    for name, child in tree.items():
      found.update(flatten(f'{prefix}/{name}', child))
    return found
  return {} if tree is None else {prefix: np.asarray(tree)}
