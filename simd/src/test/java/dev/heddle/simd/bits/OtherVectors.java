package dev.heddle.simd.bits;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector code of a user's program, of all widths, which adds other classes to the type profiles of
 * the JDK's methods.
 */
final class OtherVectors implements Runnable {
  private static final int LENGTH = 256;
  private static final int PASSES = 20;

  @Override
  public void run() {
    for (int i = 0; i < PASSES; i++) {
      floats(FloatVector.SPECIES_64);
      floats(FloatVector.SPECIES_128);
      floats(FloatVector.SPECIES_256);
      doubles(DoubleVector.SPECIES_64);
      doubles(DoubleVector.SPECIES_128);
      doubles(DoubleVector.SPECIES_256);
    }
  }

  private static void floats(VectorSpecies<Float> species) {
    float[] values = new float[LENGTH];
    FloatVector sum = FloatVector.zero(species);
    FloatVector largest = sum;
    for (int i = 0; i < LENGTH; i += species.length()) {
      FloatVector x = FloatVector.fromArray(species, values, i).add(i);
      sum = x.fma(x, sum.add(x).sub(1f).mul(x).div(x.abs().add(1f)));
      largest = largest.max(x);
      sum = sum.blend(x, x.compare(VectorOperators.GT, sum)).neg();
      IntVector bits = sum.reinterpretAsInts().add(1).and(~7).or(3).max(5);
      bits = bits.lanewise(VectorOperators.ASHR, 1).lanewise(VectorOperators.LSHL, 1);
      bits.reinterpretAsFloats().blend(0f, x.compare(VectorOperators.LT, 1f)).intoArray(values, i);
    }
    sum.add(largest).intoArray(values, 0);
  }

  private static void doubles(VectorSpecies<Double> species) {
    double[] values = new double[LENGTH];
    DoubleVector sum = DoubleVector.zero(species);
    for (int i = 0; i < LENGTH; i += species.length()) {
      DoubleVector x = DoubleVector.fromArray(species, values, i).add(i);
      sum = x.fma(x, sum.add(x).sub(1).mul(x).div(x.abs().add(1)));
      sum = sum.blend(x, x.compare(VectorOperators.GT, sum)).neg();
      sum.intoArray(values, i);
    }
  }

  @Override
  public String toString() {
    return "vectors of other widths";
  }
}
