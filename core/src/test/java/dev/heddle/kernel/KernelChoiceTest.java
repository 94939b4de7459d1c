package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice if only this module is present. */
class KernelChoiceTest {
  @Test
  void withoutOtherModulesTheScalarKernelsRunAndSayWhy() {
    KernelChoice choice = KernelChoice.of("auto");

    assertThat(choice.kernels().name()).isEqualTo("scalar");
    assertThat(choice.why()).isEqualTo("the module dev.heddle.simd is not present");
  }

  @Test
  void anUnavailableRequestIsAnError() {
    assertThatThrownBy(() -> KernelChoice.of("simd128"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernels: simd128 is not available: the module dev.heddle.simd is not present");
  }

  @Test
  void anUnknownRequestListsTheValidOnes() {
    assertThatThrownBy(() -> KernelChoice.of("avx"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "kernels: expected one of auto, scalar, simd128, simd256, simd512, got \"avx\"");
  }

  // --- providers that fail

  /** Fails in its constructor. */
  public static final class Unmade implements KernelsProvider {
    /** Throws. */
    public Unmade() {
      throw new IllegalStateException("no licence");
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public Kernels create(String name) {
      throw new AssertionError();
    }
  }

  /** Fails when kernels are requested. */
  public static final class Broken implements KernelsProvider {
    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public Kernels create(String name) {
      throw new ExceptionInInitializerError(new ArithmeticException("/ by zero"));
    }
  }

  /** Fails for lack of the incubator module. */
  public static final class Missing implements KernelsProvider {
    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public Kernels create(String name) {
      throw new NoClassDefFoundError("jdk/incubator/vector/FloatVector");
    }
  }

  /** Works. */
  public static final class Working implements KernelsProvider {
    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public Kernels create(String name) {
      return new ScalarKernels();
    }
  }

  @Test
  void aProviderThatFailsIsNamedWithTheCause(@TempDir Path directory) throws IOException {
    String unmade = Unmade.class.getName();
    assertThat(choose(directory, "auto", unmade).why())
        .isEqualTo(
            "the provider of kernels "
                + unmade
                + " failed: java.lang.IllegalStateException: no licence");
    String broken = Broken.class.getName();
    assertThatThrownBy(() -> choose(directory, "simd256", broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "kernels: simd256 is not available: the provider of kernels "
                + broken
                + " failed: java.lang.ArithmeticException: / by zero")
        .hasRootCauseInstanceOf(ArithmeticException.class);
    assertThat(choose(directory, "auto", "dev.example.Absent").why())
        .startsWith("a provider of kernels failed: java.util.ServiceConfigurationError: ")
        .contains("dev.example.Absent");
  }

  @Test
  void onlyTheIncubatorModulesAbsenceAsksForIt(@TempDir Path directory) throws IOException {
    String why = choose(directory, "auto", Missing.class.getName()).why();
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      assertThat(why)
          .isEqualTo(
              "the module dev.heddle.simd needs --add-modules jdk.incubator.vector on the class"
                  + " path");
    } else {
      assertThat(why).contains("failed: java.lang.NoClassDefFoundError");
    }
  }

  @Test
  void aProviderThatFailsDoesNotHideTheNext(@TempDir Path directory) throws IOException {
    String both = Broken.class.getName() + "\n" + Working.class.getName();
    assertThat(choose(directory, "simd128", both).why()).isEqualTo("asked for");
  }

  @Test
  void theLoaderOfTheThreadIsNotAsked(@TempDir Path directory) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader other = loader(directory, Working.class.getName())) {
      thread.setContextClassLoader(other);
      assertThat(KernelChoice.of("auto").why())
          .isEqualTo("the module dev.heddle.simd is not present");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static KernelChoice choose(Path directory, String requested, String providers)
      throws IOException {
    try (URLClassLoader loader = loader(directory, providers)) {
      return KernelChoice.of(requested, ServiceLoader.load(KernelsProvider.class, loader));
    }
  }

  private static URLClassLoader loader(Path directory, String providers) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(services.resolve(KernelsProvider.class.getName()), providers);
    return new URLClassLoader(
        new URL[] {directory.toUri().toURL()}, KernelChoiceTest.class.getClassLoader());
  }
}
