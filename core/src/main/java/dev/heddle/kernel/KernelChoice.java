package dev.heddle.kernel;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

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

  private static final String MODULE = "the module dev.heddle.simd";

  private static final String INCUBATOR = "jdk.incubator.vector";

  /**
   * The choice of this JVM, made when it is first needed.
   *
   * @throws IllegalArgumentException if the property holds another value than {@link #NAMES}, or
   *     asks for kernels that are not here
   */
  public static KernelChoice current() {
    KernelChoice choice = Holder.CURRENT;
    if (choice == null) {
      return of(Holder.WISH); // again, for its exception
    }
    return choice;
  }

  /**
   * The choice for a wish, among the kernels that this class's own loader finds.
   *
   * @throws IllegalArgumentException as {@link #current}
   */
  public static KernelChoice of(String wish) {
    ClassLoader own = KernelsProvider.class.getClassLoader();
    return of(wish, ServiceLoader.load(KernelsProvider.class, own));
  }

  static KernelChoice of(String wish, ServiceLoader<KernelsProvider> providers) {
    if (!NAMES.contains(wish)) {
      throw new IllegalArgumentException(
          "kernels: expected one of " + String.join(", ", NAMES) + ", got \"" + wish + "\"");
    }
    if (wish.equals("scalar")) {
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
          Kernels kernels = provider.get().create(wish);
          return new KernelChoice(
              kernels, wish.equals("auto") ? "the widest that this machine prefers" : "asked for");
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
    if (wish.equals("auto")) {
      return new KernelChoice(new ScalarKernels(), reason);
    }
    throw new IllegalArgumentException("kernels: " + wish + " is not available: " + reason, cause);
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
    static final String WISH = System.getProperty(PROPERTY, "auto");
    static final @Nullable KernelChoice CURRENT = choose();

    /** Null where the wish is wrong: an exception here would hide that behind another. */
    private static @Nullable KernelChoice choose() {
      try {
        KernelChoice choice = of(WISH);
        if (WISH.equals("auto") && choice.kernels() instanceof ScalarKernels) {
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
