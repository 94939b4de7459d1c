package dev.heddle.simd;

import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds operations on vectors whose receiver is a loop-carried variable: a local that an iteration
 * reads before it writes it. Analyses straight-line code only; a value left on the operand stack by
 * a branch counts as unknown.
 */
final class LoopReceivers {
  private static final String VECTORS = "jdk/incubator/vector/";

  /** A value on the operand stack that is not an unmodified local. */
  private static final int OTHER = -1;

  private final TreeMap<Integer, CodeElement> instructions = new TreeMap<>();

  private LoopReceivers(CodeAttribute code) {
    int at = 0;
    for (CodeElement element : code.elementList()) {
      if (element instanceof Instruction instruction) {
        instructions.put(2 * at + 1, instruction);
        at += instruction.sizeInBytes();
      } else if (element instanceof LabelTarget) {
        instructions.put(2 * at, element); // sorts before the instruction at this offset
      }
    }
  }

  /** The names of the operations, with the numbers of the locals. */
  static List<String> of(CodeAttribute code) {
    LoopReceivers all = new LoopReceivers(code);
    List<String> found = new ArrayList<>();
    all.instructions.forEach((at, element) -> {
      if (element instanceof BranchInstruction branch) {
        int target = code.labelToBci(branch.target());
        if (2 * target < at) {
          all.addOfLoop(2 * target, at, found);
        }
      }
    });
    return found;
  }

  private void addOfLoop(int from, int to, List<String> found) {
    Set<Integer> variables = variables(from, to);
    Set<Integer> written = new HashSet<>();
    Deque<Integer> stack = new ArrayDeque<>();
    for (CodeElement element : instructions.subMap(from, true, to, true).values()) {
      if (element instanceof InvokeInstruction call) {
        boolean isStatic = call.opcode() == Opcode.INVOKESTATIC;
        int receiver = pop(stack, call.typeSymbol().parameterCount() + (isStatic ? 0 : 1));
        boolean onVector = !isStatic && call.owner().asInternalName().startsWith(VECTORS);
        if (onVector && variables.contains(receiver) && !written.contains(receiver)) {
          found.add(call.name() + " of local " + receiver);
        }
        if (!call.typeSymbol().returnType().descriptorString().equals("V")) {
          stack.push(OTHER);
        }
      } else {
        if (element instanceof StoreInstruction store) {
          written.add(store.slot());
        }
        step(stack, element);
      }
    }
  }

  /** The vector locals that an iteration reads first and then writes. */
  private Set<Integer> variables(int from, int to) {
    Set<Integer> read = new HashSet<>();
    Set<Integer> written = new HashSet<>();
    Set<Integer> variables = new HashSet<>();
    for (CodeElement element : instructions.subMap(from, true, to, true).values()) {
      if (element instanceof LoadInstruction load && load.typeKind() == TypeKind.REFERENCE) {
        if (!written.contains(load.slot())) {
          read.add(load.slot());
        }
      } else if (element instanceof StoreInstruction store) {
        written.add(store.slot());
        if (read.contains(store.slot())) {
          variables.add(store.slot());
        }
      }
    }
    return variables;
  }

  /** The effect of other instructions on the operand stack. */
  private static void step(Deque<Integer> stack, CodeElement element) {
    switch (element) {
      case LoadInstruction load ->
          stack.push(load.typeKind() == TypeKind.REFERENCE ? load.slot() : OTHER);
      case ConstantInstruction constant -> stack.push(OTHER);
      case NewObjectInstruction object -> stack.push(OTHER);
      case StoreInstruction store -> pop(stack, 1);
      case ArrayStoreInstruction store -> pop(stack, 3);
      case ArrayLoadInstruction load -> {
        pop(stack, 2);
        stack.push(OTHER);
      }
      case FieldInstruction field -> {
        boolean isPut = field.opcode() == Opcode.PUTFIELD || field.opcode() == Opcode.PUTSTATIC;
        boolean isStatic = field.opcode() == Opcode.GETSTATIC || field.opcode() == Opcode.PUTSTATIC;
        pop(stack, (isPut ? 1 : 0) + (isStatic ? 0 : 1));
        if (!isPut) {
          stack.push(OTHER);
        }
      }
      case OperatorInstruction operator -> {
        pop(stack, isUnary(operator.opcode()) ? 1 : 2);
        stack.push(OTHER);
      }
      case StackInstruction copy -> {
        if (copy.opcode() == Opcode.DUP && !stack.isEmpty()) {
          stack.push(stack.peek());
        } else if (copy.opcode() == Opcode.POP) {
          pop(stack, 1);
        } else {
          stack.clear();
        }
      }
      case BranchInstruction branch -> stack.clear();
      case LabelTarget label -> stack.clear();
      default -> {
        // casts and conversions have no effect here
      }
    }
  }

  private static boolean isUnary(Opcode opcode) {
    return switch (opcode) {
      case INEG, LNEG, FNEG, DNEG, ARRAYLENGTH -> true;
      default -> false;
    };
  }

  /** Pops entries; returns the lowest of them. */
  private static int pop(Deque<Integer> stack, int count) {
    int last = OTHER;
    for (int i = 0; i < count; i++) {
      last = stack.isEmpty() ? OTHER : stack.pop();
    }
    return last;
  }
}
