package dev.heddle.linen;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The paths of bound module instances. A few are searched one by one, which needs no identity hash
 * code. Confined to the thread of its call.
 */
final class ModulePaths {
  /** The number of bindings up to which a search costs no more than a table. */
  private static final int MAX_BINDINGS = 32;

  private record Binding(Module<?, ?> module, ModulePath path) {}

  private final List<Binding> bindings = new ArrayList<>(4);
  private @Nullable Map<Module<?, ?>, ModulePath> table;

  /** The path of a module, or null. */
  @SuppressWarnings("ReferenceEquality") // a submodule is an instance
  @Nullable ModulePath pathOf(Module<?, ?> module) {
    if (table != null) {
      return table.get(module);
    }
    for (int i = 0; i < bindings.size(); i++) {
      if (bindings.get(i).module == module) {
        return bindings.get(i).path;
      }
    }
    return null;
  }

  /** Binds a module, unless it is bound. */
  void bind(Module<?, ?> module, ModulePath path) {
    if (table != null) {
      table.putIfAbsent(module, path);
    } else if (pathOf(module) == null) {
      bindings.add(new Binding(module, path));
      if (bindings.size() > MAX_BINDINGS) {
        Map<Module<?, ?>, ModulePath> all = new IdentityHashMap<>(2 * MAX_BINDINGS);
        bindings.forEach(binding -> all.put(binding.module, binding.path));
        table = all;
      }
    }
  }

  /** Binds the modules of another table to the copies of their paths. */
  void bindAll(ModulePaths others, Map<ModulePath, ModulePath> copies) {
    others.bindings.forEach(binding -> bind(binding.module, copyOf(binding.path, copies)));
    if (others.table != null) {
      others.table.forEach((module, path) -> bind(module, copyOf(path, copies)));
    }
  }

  private static ModulePath copyOf(ModulePath path, Map<ModulePath, ModulePath> copies) {
    return Objects.requireNonNull(copies.get(path));
  }
}
