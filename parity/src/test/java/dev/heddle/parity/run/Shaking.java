package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.Variables;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Tensor;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How far a computation carries its own rounding: its inputs and parameters moved by one last
 * place. XLA sums a projection in another order than we do, which is a last place or two of it;
 * LayerNorm over two features that are nearly equal makes a thousandth of that. For fresh cases
 * only.
 */
final class Shaking {
  private Shaking() {}

  /** The same variables, every second number of a parameter moved up and every other one down. */
  static Variables shaken(Variables variables) {
    Variables changed = variables;
    for (String path : variables.collection("params").flatten().keySet()) {
      changed = changed.with(path, shaken(variables.get(path)));
    }
    return changed;
  }

  /** The same case, its inputs moved likewise; integers and 16-bit numbers stay. */
  static Case shaken(Case asked) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>(asked.tensors());
    tensors.replaceAll((path, tensor) ->
        path.startsWith("inputs/inputs") && tensor.isFloating()
            ? Tensor.of(shaken(tensor.array()))
            : tensor);
    return new Case(asked.info(), tensors);
  }

  private static Array shaken(Array array) {
    double place = array.dtype() == DType.FLOAT64 ? 0x1p-52 : 0x1p-23;
    double[] values = array.toDoubleArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1 + (i % 2 == 0 ? place : -place);
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
