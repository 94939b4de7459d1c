package dev.heddle.random;

/**
 * The QR decomposition's orthogonal factor of a tall matrix, unique since the triangular factor's
 * diagonal is positive: Householder reflections in float64, with sums in the order of the rows.
 */
final class Orthogonal {
  private Orthogonal() {}

  /**
   * The columns of the orthogonal factor.
   *
   * @param matrix shape {@code [rows, columns]}, row-major, rows at least as many as columns
   */
  static double[][] columns(double[] matrix, int rows, int columns) {
    double[][] a = new double[columns][rows];
    for (int j = 0; j < columns; j++) {
      for (int i = 0; i < rows; i++) {
        a[j][i] = matrix[i * columns + j];
      }
    }
    double[] factors = new double[columns];
    double[] diagonal = triangularize(a, factors);

    double[][] q = new double[columns][rows];
    for (int j = 0; j < columns; j++) {
      q[j][j] = Math.signum(diagonal[j]); // a zero diagonal leaves a zero column, as in JAX
    }
    for (int k = columns - 1; k >= 0; k--) {
      for (int j = k; j < columns; j++) {
        reflect(q[j], a[k], factors[k], k);
      }
    }
    return q;
  }

  /**
   * Replaces the columns with the Householder vectors, which begin with 1; returns the diagonal.
   */
  private static double[] triangularize(double[][] a, double[] factors) {
    double[] diagonal = new double[a.length];
    for (int k = 0; k < a.length; k++) {
      double[] column = a[k];
      double first = column[k];
      double rest = dot(column, column, k + 1);
      if (rest == 0) { // nothing to reflect
        diagonal[k] = first;
        continue;
      }
      diagonal[k] = -Math.copySign(Math.sqrt(first * first + rest), first);
      factors[k] = (diagonal[k] - first) / diagonal[k];
      column[k] = 1;
      for (int i = k + 1; i < column.length; i++) {
        column[i] /= first - diagonal[k];
      }
      for (int j = k + 1; j < a.length; j++) {
        reflect(a[j], column, factors[k], k);
      }
    }
    return diagonal;
  }

  private static void reflect(double[] x, double[] vector, double factor, int from) {
    double projection = factor * dot(x, vector, from);
    for (int i = from; i < x.length; i++) {
      x[i] -= projection * vector[i];
    }
  }

  private static double dot(double[] a, double[] b, int from) {
    double sum = 0;
    for (int i = from; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
