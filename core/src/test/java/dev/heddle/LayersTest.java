package dev.heddle;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packages of core are layers, and a layer knows only those below it (CONTRIBUTING.md). */
class LayersTest {
  /** From the top to the bottom. */
  private static final List<String> LAYERS =
      List.of("linen", "optim", "grad", "random", "array", "kernel");

  /** The packages of linen, from the top to the bottom. */
  private static final List<String> LINEN =
      List.of("linen.attention", "linen.layers", "linen", "linen.initializers", "linen.internal");

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.heddle");

  private static List<String> layersButTheTop() {
    return LAYERS.subList(1, LAYERS.size());
  }

  @ParameterizedTest
  @MethodSource("layersButTheTop")
  void aLayerKnowsNoneAboveIt(String layer) {
    String[] above =
        LAYERS.subList(0, LAYERS.indexOf(layer)).stream()
            .map(name -> "dev.heddle." + name + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("dev.heddle." + layer + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(above)
        .check(CORE);
  }

  private static List<String> packagesOfLinenButTheTop() {
    return LINEN.subList(1, LINEN.size());
  }

  @ParameterizedTest
  @MethodSource("packagesOfLinenButTheTop")
  void aPackageOfLinenKnowsNoneAboveIt(String below) {
    String[] above =
        LINEN.subList(0, LINEN.indexOf(below)).stream()
            .map(name -> "dev.heddle." + name)
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("dev.heddle." + below)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(above)
        .check(CORE);
  }

  @Test
  void packagesFormNoCircle() {
    slices().matching("dev.heddle.(**)").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void everyClassIsInALayer() {
    assertThat(CORE.stream().map(JavaClass::getPackageName).distinct())
        .isNotEmpty()
        .allSatisfy(name ->
            assertThat(LAYERS)
                .as(name)
                .anySatisfy(
                    layer -> assertThat(name + ".").startsWith("dev.heddle." + layer + ".")));
  }

  @Test
  void coreNeedsTheJdkAloneAndNothingThatIncubates() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.heddle..", "java..", "org.jspecify.annotations..")
        .check(CORE);
  }
}
