// Configurations and weights in files, and other frameworks' layouts: ./heddle java examples/Files.java

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointException;
import dev.heddle.io.CheckpointFile;
import dev.heddle.io.ConfigJson;
import dev.heddle.io.Layout;
import dev.heddle.io.Layouts;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import java.io.IOException;
import java.nio.file.Path;

void main() throws IOException {
  Path folder = java.nio.file.Files.createTempDirectory("heddle");

  // ---------------------------------------------------------------- 1. a configuration in JSON

  MultiHeadDotProductAttention attention =
      ConfigJson.read("{\"num_heads\": 2, \"kernel_init\": \"xavier_uniform\"}");
  IO.println("configuration: " + ConfigJson.write(attention));

  // ---------------------------------------------------------------- 2. weights: the name chooses the format

  Array x = Array.zeros(DType.FLOAT32, 1, 3, 8);
  Variables variables = attention.init(Rngs.of(0), x);
  Path safetensors = folder.resolve("weights.safetensors");
  CheckpointFile.write(safetensors, Checkpoint.of(variables.flatten()));

  Checkpoint checkpoint = CheckpointFile.read(safetensors);
  CheckpointFile.write(folder.resolve("weights.msgpack"), checkpoint); // as Flax reads it
  CheckpointFile.write(folder.resolve("weights.npz"), checkpoint); // as NumPy reads it
  checkpoint.tensors().forEach((path, tensor) -> IO.println(path + " " + tensor.shape()));

  // ---------------------------------------------------------------- 3. the same weights again

  Variables read = Variables.of(checkpoint.tensors());
  IO.println("the same variables: " + read.equals(variables));

  // ---------------------------------------------------------------- 4. PyTorch's layout and back

  Checkpoint torch = Layouts.from(Layout.FLAX).convert(checkpoint, Layout.TORCH_MHA);
  IO.println("torch.nn.MultiheadAttention: " + torch.tensors().keySet());
  Checkpoint back = Layouts.from(Layout.TORCH_MHA).numHeads(2).convert(torch, Layout.FLAX);
  Array kernel = back.variables().tensor("params/query/kernel");
  IO.println("the same bits: " + kernel.equals(variables.get("params/query/kernel")));

  // ---------------------------------------------------------------- 5. errors name the file and the tensor

  try {
    CheckpointFile.read(folder.resolve("missing.npz"));
  } catch (CheckpointException e) {
    IO.println(e.getMessage().replace(folder.toString(), "FOLDER"));
  }
}

/* Prints:
configuration: {"num_heads": 2, "kernel_init": "xavier_uniform"}
params/query/kernel [8, 2, 4]
params/query/bias [2, 4]
params/key/kernel [8, 2, 4]
params/key/bias [2, 4]
params/value/kernel [8, 2, 4]
params/value/bias [2, 4]
params/out/kernel [2, 4, 8]
params/out/bias [8]
the same variables: true
torch.nn.MultiheadAttention: [in_proj_weight, in_proj_bias, out_proj.weight, out_proj.bias]
the same bits: true
FOLDER/missing.npz: no such file
*/
