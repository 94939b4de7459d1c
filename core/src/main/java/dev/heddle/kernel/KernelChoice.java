package dev.heddle.kernel;

import java.util.List;

/**
 * Which kernels run, looked at once, with the reason. The system property {@code heddle.kernels}
 * asks for one: {@code auto} (the default), {@code scalar}, {@code simd128}, {@code simd256} or
 * {@code simd512}.
 *
 * @param kernels the kernels
 * @param why the reason, a sentence without a full stop
 */
public record KernelChoice(Kernels kernels, String why) {
  /** The system property that asks for kernels. */
  public static final String PROPERTY = "heddle.kernels";

  /** What may be asked for. */
  public static final List<String> NAMES =
      List.of("auto", "scalar", "simd128", "simd256", "simd512");

  /**
   * The choice of this JVM, made when it is first needed.
   *
   * @throws IllegalArgumentException if the property holds another value than {@link #NAMES}, or
   *     asks for kernels that are not here
   */
  public static KernelChoice current() {
    return Holder.CURRENT;
  }

  /**
   * The choice for a wish.
   *
   * @throws IllegalArgumentException as {@link #current}
   */
  public static KernelChoice of(String wish) {
    return switch (wish) {
      case "auto" -> new KernelChoice(new ScalarKernels(), "no module offers faster ones");
      case "scalar" -> new KernelChoice(new ScalarKernels(), "asked for");
      case "simd128", "simd256", "simd512" ->
          throw new IllegalArgumentException(
              "kernels: " + wish + " is not available: the module dev.heddle.simd is not present");
      default ->
          throw new IllegalArgumentException(
              "kernels: expected one of " + String.join(", ", NAMES) + ", got \"" + wish + "\"");
    };
  }

  private static final class Holder {
    static final KernelChoice CURRENT = of(System.getProperty(PROPERTY, "auto"));
  }
}
