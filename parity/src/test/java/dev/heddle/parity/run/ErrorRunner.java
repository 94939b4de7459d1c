package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.LinenException;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Tensor;
import dev.heddle.parity.modules.UserModule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Cases that Flax rejects: Heddle rejects them too, not later, and with Flax's class if it exists.
 */
final class ErrorRunner {
  private static final List<String> PHASES = List.of("construct", "init", "apply");

  /** Cases where Heddle behaves as the modern era in both: init falls back on another stream. */
  private static final Set<String> LATER = Set.of("classic/error-stream-missing");

  private final Case asked;
  private final Differences findings;
  private int phase;

  ErrorRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.findings = findings;
  }

  void run() {
    String flax = asked.info().text("error");
    try {
      if (asked.info().text("of").equals("attention")) {
        attention();
      } else {
        module();
      }
    } catch (IllegalArgumentException refused) {
      if (isOurs(flax)) {
        findings.expect("the error's class", flax, refused.getClass().getSimpleName());
      }
      findings.expect(
          "refused not later than Flax does, in "
              + asked.info().text("phase")
              + ", for: "
              + refused.getMessage(),
          true,
          phase <= PHASES.indexOf(asked.info().text("phase")) || LATER.contains(asked.id()));
      return;
    }
    findings.expect("an error, Flax's " + flax, true, false);
  }

  private static boolean isOurs(String flax) {
    return Arrays.stream(LinenException.class.getClasses())
        .anyMatch(type -> type.getSimpleName().equals(flax));
  }

  private void attention() {
    MultiHeadDotProductAttention module = AttentionRunner.module(asked);
    phase = 1;
    SequencedMap<String, Array> atInit = new LinkedHashMap<>();
    SequencedMap<String, Array> atApply = new LinkedHashMap<>();
    asked
        .inputs()
        .forEach((name, array) -> {
          if (name.startsWith("apply_")) {
            atApply.put(name.substring("apply_".length()), array);
          } else {
            atInit.put(name, array);
            atApply.putIfAbsent(name, array);
          }
        });
    Variables variables = edited(AttentionRunner.init(asked, module, atInit));
    phase = 2;
    AttentionRunner.apply(asked, module, variables, atApply);
  }

  private void module() {
    UserModule<?> module = ModuleRunner.module(asked);
    phase = 1;
    Variables variables = edited(ModuleRunner.init(asked, module));
    phase = 2;
    ModuleRunner.apply(asked, module, variables);
  }

  /** Applies the case's edits of the variables between init and apply. */
  private Variables edited(Variables made) {
    SequencedMap<String, Array> tensors = made.flatten();
    if (asked.info().has("edit")) {
      for (Object edit : asked.info().list("edit")) {
        edit(tensors, (List<?>) edit);
      }
    }
    SequencedMap<String, Tensor> expected = asked.under("init");
    if (!expected.isEmpty()) {
      findings.expect(
          "init: paths after the edit",
          expected.keySet().stream().sorted().toList(),
          tensors.keySet().stream().sorted().toList());
    }
    return Variables.of(tensors);
  }

  private static void edit(SequencedMap<String, Array> tensors, List<?> edit) {
    String path = (String) edit.get(1);
    if (edit.getFirst().equals("delete")) {
      tensors.keySet().removeIf(name -> name.equals(path) || name.startsWith(path + "/"));
      return;
    }
    int[] shape =
        ((List<?>) edit.get(2)).stream().mapToInt(size -> Math.toIntExact((Long) size)).toArray();
    tensors.put(path, Array.zeros(DType.of((String) edit.get(3)), shape));
  }
}
