package dev.heddle.random;

/**
 * The orthogonal factor of a tall matrix whose triangular factor has a positive diagonal, which
 * makes it unique: Householder's reflections in float64, sums in the order of the rows.
 */
final class Orthogonal {
  private Orthogonal() {}

  /**
   * The factor's columns.
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
    double[] diagonal = triangularize(a, rows);

    double[][] q = new double[columns][rows];
    for (int j = 0; j < columns; j++) {
      q[j][j] = Math.signum(diagonal[j]); // a zero diagonal leaves a zero column, as in JAX
    }
    for (int k = columns - 1; k >= 0; k--) {
      for (int j = k; j < columns; j++) {
        reflect(q[j], a[k], k);
      }
    }
    return q;
  }

  /** Leaves the reflections' vectors, scaled to length sqrt(2), in the columns. */
  private static double[] triangularize(double[][] a, int rows) {
    double[] diagonal = new double[a.length];
    for (int k = 0; k < a.length; k++) {
      double[] column = a[k];
      double norm = Math.sqrt(dot(column, column, k));
      diagonal[k] = column[k] > 0 ? -norm : norm;
      column[k] -= diagonal[k];
      double length = dot(column, column, k);
      double scale = length == 0 ? 0 : Math.sqrt(2 / length);
      for (int i = k; i < rows; i++) {
        column[i] *= scale;
      }
      for (int j = k + 1; j < a.length; j++) {
        reflect(a[j], column, k);
      }
    }
    return diagonal;
  }

  private static void reflect(double[] x, double[] vector, int from) {
    double projection = dot(x, vector, from);
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
