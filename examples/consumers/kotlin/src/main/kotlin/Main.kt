import dev.heddle.array.Array as HeddleArray // kotlin.Array has the name too
import dev.heddle.io.Checkpoint
import dev.heddle.io.CheckpointFile
import dev.heddle.linen.attention.MultiHeadDotProductAttention
import dev.heddle.linen.Rngs
import dev.heddle.linen.Variables
import dev.heddle.models.ByteTokenizer
import kotlin.io.path.createTempDirectory

/** Runs README's layer with parameters that went through a file. */
fun main() {
  val x = HeddleArray.of(floatArrayOf(1f, 0f, 0f, 2f, 0f, 1f, 0f, 1f, 0f, 0f, 1f, 0f), 1, 3, 4)
  val attention = MultiHeadDotProductAttention.builder().numHeads(2).build()
  val file = createTempDirectory("heddle").resolve("weights.msgpack")
  CheckpointFile.write(file, Checkpoint.of(attention.init(Rngs.of(0), x).flatten()))
  val variables = Variables.of(CheckpointFile.read(file).tensors())
  val y = attention.apply(variables, x)
  println(y.get(0, 2).toFloatArray().contentToString())
  println("${ByteTokenizer.encode("heddle").size()} tokens")
}
