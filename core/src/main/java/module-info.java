/**
 * Heddle: Flax Linen's attention for the JVM, without any dependency.
 *
 * <p>The packages are layers; each uses only those below it: {@code linen} (the path of the
 * reference page), {@code optim}, {@code grad}, {@code random}, {@code array}, {@code kernel}.
 */
module dev.heddle {
  requires static org.jspecify;

  exports dev.heddle.array;
}
