package dev.heddle.kernel;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The kernels that run, chosen once, with the reason. The system property {@code heddle.kernels}
 * requests them: {@code auto} (the default), {@code scalar}, {@code simd128}, {@code simd256} or
 * {@code simd512}.
 *
 * @param kernels the kernels
 * @param why the reason, a sentence without a full stop
 */
public record KernelChoice(Kernels kernels, String why) {
  /** The system property that requests kernels. */
  public static final String PROPERTY = "heddle.kernels";

  /** The valid requests. */
  public static final List<String> NAMES =
      List.of("auto", "scalar", "simd128", "simd256", "simd512");

  private static final String MODULE = "the module dev.heddle.simd";

  private static final String INCUBATOR = "jdk.incubator.vector";

  /**
   * The choice of this JVM, made when it is first needed.
   *
   * @throws IllegalArgumentException if the property is none of {@link #NAMES}, or requests kernels
   *     that are not available
   */
  public static KernelChoice current() {
    KernelChoice choice = Holder.CURRENT;
    if (choice == null) {
      return of(Holder.REQUESTED); // throws the exception that choose() suppressed
    }
    return choice;
  }

  /**
   * The choice for a request, among the providers that this class's own loader finds.
   *
   * @throws IllegalArgumentException as {@link #current}
   */
  public static KernelChoice of(String requested) {
    ClassLoader own = KernelsProvider.class.getClassLoader();
    return of(requested, ServiceLoader.load(KernelsProvider.class, own));
  }

  static KernelChoice of(String requested, ServiceLoader<KernelsProvider> providers) {
    if (!NAMES.contains(requested)) {
      throw new IllegalArgumentException(
          "kernels: expected one of " + String.join(", ", NAMES) + ", got \"" + requested + "\"");
    }
    if (requested.equals("scalar")) {
      return new KernelChoice(new ScalarKernels(), "asked for");
    }
    String reason = MODULE + " is not present";
    Throwable cause = null;
    String name = "a provider of kernels";
    try {
      for (var each = providers.stream().iterator(); each.hasNext(); ) {
        ServiceLoader.Provider<KernelsProvider> provider = each.next();
        name = "the provider of kernels " + provider.type().getName();
        try {
          Kernels kernels = provider.get().create(requested);
          return new KernelChoice(
              kernels,
              requested.equals("auto") ? "the widest that this machine prefers" : "asked for");
        } catch (UnsupportedOperationException e) {
          reason = String.valueOf(e.getMessage());
          cause = e;
        } catch (RuntimeException | ServiceConfigurationError | LinkageError e) {
          reason = reason(name, e);
          cause = e;
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      reason = reason(name, e);
      cause = e;
    }
    if (requested.equals("auto")) {
      return new KernelChoice(new ScalarKernels(), reason);
    }
    throw new IllegalArgumentException(
        "kernels: " + requested + " is not available: " + reason, cause);
  }

  private static String reason(String provider, Throwable error) {
    Throwable first = error;
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (String.valueOf(e.getMessage()).replace('/', '.').contains(INCUBATOR)
          && ModuleLayer.boot().findModule(INCUBATOR).isEmpty()) {
        return MODULE + " needs --add-modules " + INCUBATOR + " on the class path";
      }
      first = e;
    }
    return provider + " failed: " + first;
  }

  private static final class Holder {
    static final String REQUESTED = System.getProperty(PROPERTY, "auto");
    static final @Nullable KernelChoice CURRENT = choose();

    /**
     * Null if the property is invalid: an exception here would be an ExceptionInInitializerError.
     */
    private static @Nullable KernelChoice choose() {
      try {
        KernelChoice choice = of(REQUESTED);
        if (REQUESTED.equals("auto") && choice.kernels() instanceof ScalarKernels) {
          System.getLogger("dev.heddle")
              .log(Level.WARNING, "Heddle computes on its scalar kernels: {0}", choice.why);
        }
        return choice;
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  }
}
