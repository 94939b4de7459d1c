// A language model of bytes: trained on a text, then asked to continue one: ./heddle java examples/LanguageModel.java

import dev.heddle.array.Array;
import dev.heddle.models.ByteTokenizer;
import dev.heddle.models.CausalLanguageModel;
import dev.heddle.models.TextGenerator;
import dev.heddle.models.Training;
import dev.heddle.models.TrainingPlan;
import dev.heddle.models.TrainingState;
import dev.heddle.random.Key;
import java.nio.charset.StandardCharsets;

// ---------------------------------------------------------------- 1. the model

static final CausalLanguageModel.Config CONFIG =
    CausalLanguageModel.Config.builder().length(8).features(64).heads(2).layers(1).build();

// ---------------------------------------------------------------- 2. the text, as tokens

static final String TEXT = "to and fro, ".repeat(100);

void main() {
  Array tokens = ByteTokenizer.encode("né");
  IO.println("tokens: " + Arrays.toString(tokens.toLongArray()));
  IO.println("text: " + ByteTokenizer.decode(tokens));

  // ---------------------------------------------------------------- 3. training

  TrainingPlan plan =
      TrainingPlan.builder(CONFIG).learningRate(5e-3).warmup(10).decaySteps(60).build();
  var training = new Training(plan, TEXT.getBytes(StandardCharsets.UTF_8));
  TrainingState state = training.begin();
  while (state.step() < 60) {
    Training.Step step = training.step(state);
    if (state.step() % 20 == 0) {
      IO.println("step %2d  loss %.1f".formatted(state.step(), step.loss()));
    }
    state = step.state();
  }

  // ---------------------------------------------------------------- 4. generation

  var generator = new TextGenerator(training.model(), state.params(), 0); // 0: the likeliest token
  Array more = generator.generate(ByteTokenizer.encode("to "), 27, Key.of(0));
  IO.println("to " + ByteTokenizer.decode(more));
}

/* Prints:
tokens: [110, 195, 169]
text: né
step  0  loss 5.6
step 20  loss 0.7
step 40  loss 0.1
to and fro, to and fro, to and
*/
