package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks in the class files the form of kernels that keeps vectors in registers for any compilation
 * order; {@code docs/kernels.md} explains it. A method that computes with vectors is too long for
 * C2 to inline, and no vector is an argument or a result of a method of this module.
 */
class KernelFormTest {
  private static final String VECTORS = "jdk/incubator/vector/";

  /** C2 never inlines a method with more bytes of code, unless the JDK forces it. */
  private static final int FREQ_INLINE_SIZE = 325;

  /** HotSpot never compiles a method with more bytes of code. */
  private static final int HUGE_METHOD_LIMIT = 8000;

  /** Methods that only create constants, called by class initializers. */
  private static final Set<String> MAKE_CONSTANTS =
      Set.of(
          "TransposeTiles.swap",
          "TransposeTiles.odd",
          "Interleave.twice",
          "Interleave.odd",
          "WideFunctions.all",
          "Width.species");

  /** Queries of a species, which the JIT compiler folds to constants. */
  private static final Set<String> QUESTIONS = Set.of("length", "vectorBitSize", "vectorShape");

  @Test
  void aMethodThatComputesWithVectorsIsTooLongToBeInlined() throws Exception {
    List<String> wrong = new ArrayList<>();
    int kernels = 0;
    for (Method method : methods()) {
      if (method.computesWithVectors() && !method.makesConstants()) {
        kernels++;
        int length = method.length();
        if (length <= FREQ_INLINE_SIZE || length > HUGE_METHOD_LIMIT) {
          wrong.add(method.name() + " has " + length + " bytes of code");
        }
      }
    }
    assertThat(wrong)
        .as("expected between %d and %d bytes", FREQ_INLINE_SIZE + 1, HUGE_METHOD_LIMIT)
        .isEmpty();
    assertThat(kernels).isGreaterThan(30);
  }

  @Test
  void noVectorIsAnArgumentOrAResultOfAMethod() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Method method : methods()) {
      if (method.model().methodType().stringValue().contains(VECTORS) && !method.makesConstants()) {
        wrong.add(method.name() + method.model().methodType().stringValue());
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void noMethodThatComputesWithVectorsHasALambdaExpression() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Method method : methods()) {
      boolean hasLambda =
          method.code().stream().anyMatch(InvokeDynamicInstruction.class::isInstance);
      if (method.computesWithVectors() && hasLambda && !method.makesConstants()) {
        wrong.add(method.name());
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void theReceiverOfAnOperationIsNotTheVariableOfALoop() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Method method : methods()) {
      if (method.computesWithVectors() && !method.makesConstants()) {
        for (String found : LoopReceivers.of(method.attribute())) {
          wrong.add(method.name() + ": " + found);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** The exempted methods run once. */
  @Test
  void onlyClassInitializersMakeConstants() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Method method : methods()) {
      for (CodeElement element : method.code()) {
        if (element instanceof InvokeInstruction call
            && MAKE_CONSTANTS.contains(simple(call.owner().asInternalName()) + "." + call.name())
            && !method.model().methodName().equalsString("<clinit>")) {
          wrong.add(method.name());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** Methods of the JDK that have seen two classes of vectors are compiled with calls. */
  @Test
  void vectorsOfFloat32HaveOneWidth() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Method method : methods()) {
      for (CodeElement element : method.code()) {
        if (element instanceof FieldInstruction field
            && !method.name().startsWith("Width.")
            && isFloatSpecies(field)) {
          wrong.add(method.name());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** A species of FloatVector, or {@code float.class}, of which one is made. */
  private static boolean isFloatSpecies(FieldInstruction field) {
    String owner = field.owner().asInternalName();
    String name = field.name().stringValue();
    return (owner.equals("java/lang/Float") && name.equals("TYPE"))
        || (owner.equals(VECTORS + "FloatVector") && name.matches("SPECIES_(\\d+|MAX)"));
  }

  private record Method(String name, MethodModel model, CodeAttribute attribute) {
    List<CodeElement> code() {
      return attribute.elementList();
    }

    int length() {
      return attribute.codeLength();
    }

    boolean makesConstants() {
      return model.methodName().equalsString("<clinit>") || MAKE_CONSTANTS.contains(name);
    }

    /** Whether it calls a method of a vector, a mask or a shuffle. */
    boolean computesWithVectors() {
      return code().stream()
          .anyMatch(element ->
              element instanceof InvokeInstruction call
                  && call.owner().asInternalName().startsWith(VECTORS)
                  && !QUESTIONS.contains(call.name().stringValue()));
    }
  }

  private static List<Method> methods() throws IOException, URISyntaxException {
    Path classes =
        Path.of(SimdKernels.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Method> methods = new ArrayList<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        ClassModel model = ClassFile.of().parse(file);
        for (MethodModel method : model.methods()) {
          String name = simple(model.thisClass().asInternalName()) + "." + method.methodName();
          method
              .code()
              .ifPresent(code -> methods.add(new Method(name, method, (CodeAttribute) code)));
        }
      }
    }
    return methods;
  }

  private static String simple(String internalName) {
    return internalName.substring(internalName.lastIndexOf('/') + 1);
  }
}
