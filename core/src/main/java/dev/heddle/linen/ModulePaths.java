package dev.heddle.linen;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which module instance was bound where. Few are found by looking at each, without the identity
 * hash codes that new objects do not have yet. Confined to the thread of its call.
 */
final class ModulePaths {
  /** Modules up to which looking at each costs no more than a table. */
  private static final int FEW = 32;

  private record Binding(Module<?, ?> module, ModulePath place) {}

  private final List<Binding> few = new ArrayList<>(4);
  private @Nullable Map<Module<?, ?>, ModulePath> many;

  /** Where a module was bound, or null. */
  @SuppressWarnings("ReferenceEquality") // the instance is what makes a submodule
  @Nullable ModulePath placeOf(Module<?, ?> module) {
    if (many != null) {
      return many.get(module);
    }
    for (int i = 0; i < few.size(); i++) {
      if (few.get(i).module == module) {
        return few.get(i).place;
      }
    }
    return null;
  }

  /** Binds a module, unless it is bound. */
  void bind(Module<?, ?> module, ModulePath place) {
    if (many != null) {
      many.putIfAbsent(module, place);
    } else if (placeOf(module) == null) {
      few.add(new Binding(module, place));
      if (few.size() > FEW) {
        Map<Module<?, ?>, ModulePath> all = new IdentityHashMap<>(2 * FEW);
        few.forEach(binding -> all.put(binding.module, binding.place));
        many = all;
      }
    }
  }
}
