package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.Variables;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Tensor;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/**
 * How far a computation carries its own rounding: its inputs and parameters moved by one last
 * place. XLA sums a projection in another order than we do, which is a last place or two of it;
 * LayerNorm over two features that are nearly equal makes a thousandth of that. For fresh cases
 * only.
 */
final class Shaking {
  /** How often; one shake may happen to leave the weak spot alone. */
  static final int TIMES = 16;

  private Shaking() {}

  /** The same variables, every number of a parameter moved up or down as the seed has it. */
  static Variables shaken(Variables variables, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Variables changed = variables;
    for (String path : variables.collection("params").flatten().keySet()) {
      changed = changed.with(path, shaken(variables.get(path), random));
    }
    return changed;
  }

  /** The same case, its inputs moved likewise; integers and 16-bit numbers stay. */
  static Case shaken(Case asked, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>(asked.tensors());
    tensors.replaceAll((path, tensor) ->
        path.startsWith("inputs/inputs") && tensor.isFloating()
            ? Tensor.of(shaken(tensor.array(), random))
            : tensor);
    return new Case(asked.info(), tensors);
  }

  private static Array shaken(Array array, SplittableRandom random) {
    double place = array.dtype() == DType.FLOAT64 ? 0x1p-52 : 0x1p-23;
    double[] values = array.toDoubleArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1 + (random.nextBoolean() ? place : -place);
    }
    return Array.of(values, array.shape().dims()).astype(array.dtype());
  }

  /** The largest distance of two tensors' finite elements. */
  static double distance(Tensor one, Tensor other) {
    double distance = 0;
    for (int i = 0; i < one.size(); i++) {
      double between = Math.abs(one.value(i) - other.value(i));
      distance = Double.isFinite(between) ? Math.max(distance, between) : distance;
    }
    return distance;
  }
}
