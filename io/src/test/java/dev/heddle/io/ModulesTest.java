package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The runtime dependencies are named modules, which jlink requires. */
class ModulesTest {
  @Test
  void nothingThatIsNeededIsAnAutomaticModule() throws IOException {
    ModuleDescriptor descriptor;
    Path classes =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(path -> path.endsWith(Path.of("io", "target", "classes")))
            .findFirst()
            .orElseThrow();
    try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
      descriptor = ModuleDescriptor.read(in);
    }
    ModuleFinder finder =
        ModuleFinder.compose(
            ModuleFinder.ofSystem(),
            ModuleFinder.of(
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Path::of)
                    .filter(path -> path.toString().matches(".*(jackson-core|heddle-core).*[.]jar"))
                    .toArray(Path[]::new)));
    assertThat(descriptor.requires())
        .filteredOn(
            needed -> !needed.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
        .filteredOn(needed -> !needed.name().equals("dev.heddle"))
        .extracting(ModuleDescriptor.Requires::name)
        .contains("tools.jackson.core")
        .allSatisfy(name ->
            assertThat(finder.find(name).map(ModuleReference::descriptor))
                .hasValueSatisfying(found -> assertThat(found.isAutomatic()).isFalse()));
  }
}
