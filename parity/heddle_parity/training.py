"""Trains a small language model and records the loss of every step."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

from heddle_parity import draw
from heddle_parity.cases import Case
from heddle_parity.causal_language_model import CausalLanguageModel

STEPS = 50
CONFIG = {'vocabulary': 32, 'length': 16, 'features': 16, 'heads': 2, 'layers': 2}


def run(case):
  """Adds the losses to the case. The caller has set x64."""
  info = case.info
  model = CausalLanguageModel(**info['config'])
  tokens = jnp.asarray(case.inputs()['tokens'])
  variables = model.init(jax.random.PRNGKey(info['init']['rngs']['params']), tokens[0, :, :-1])
  optimizer = optax.adamw(**info['optimizer'])
  params = variables['params']
  state = optimizer.init(params)
  losses = []
  for step, batch in enumerate(tokens):
    loss, grads = jax.value_and_grad(_loss)(params, model, batch, info.get('dropout'), step)
    updates, state = optimizer.update(grads, state, params)
    params = optax.apply_updates(params, updates)
    losses.append(np.asarray(loss))
  case.tensors['losses'] = np.stack(losses)


def _loss(params, model, batch, seed, step):
  """Returns the mean cross-entropy of the next tokens."""
  options = {'deterministic': True}
  if seed is not None:
    options = {'deterministic': False, 'rngs': {'dropout': jax.random.PRNGKey(seed + step)}}
  logits = model.apply({'params': params}, batch[:, :-1], **options)
  chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), batch[:, 1:, None], axis=-1)
  return -chosen.mean()


def question(era, name, seed, what, case_id=None, **changes):
  """Makes a case without outputs: sequences that count up in steps of one, two or three."""
  case_id = case_id or f'{era}/training/{name}'
  random = draw.stream(case_id)
  first = random.randint(0, CONFIG['vocabulary'], (STEPS, 4, 1))
  stride = random.randint(1, 4, (STEPS, 4, 1))
  tokens = (first + stride * np.arange(CONFIG['length'] + 1)) % CONFIG['vocabulary']
  info = {
    'id': case_id,
    'kind': 'training',
    'era': era,
    'x64': False,
    'property': what,
    'config': CONFIG,
    'init': {'rngs': {'params': seed}},
    'optimizer': {'learning_rate': 3e-3, 'weight_decay': 1e-2},
    **changes,
  }
  return Case(info, {'inputs/tokens': tokens.astype(np.int32)})


def bundles(era):
  """Returns the golden cases of an era."""
  dropped = {'config': {**CONFIG, 'dropout_rate': 0.1}, 'dropout': 100}
  return {
    'training': [
      question(era, 'plain', 0, 'the losses of 50 steps'),
      question(era, 'dropout', 1, 'the losses of 50 steps with dropout', **dropped),
    ]
  }


def fresh(era, seed, i):
  """Draws case i of a seed, without outputs."""
  random = draw.stream('live-training', era, seed, i)
  changes = {
    'optimizer': {
      'learning_rate': round(float(random.uniform(5e-4, 5e-3)), 5),
      'weight_decay': round(float(random.uniform(0, 0.1)), 3),
    }
  }
  if random.uniform() < 0.5:
    changes.update(config={**CONFIG, 'dropout_rate': 0.1}, dropout=int(random.randint(0, 2**30)))
  return question(
    era, None, int(random.randint(0, 2**31 - 1)), 'training', f'{era}-training-{seed}-{i}', **changes
  )
