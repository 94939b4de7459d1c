package dev.heddle.linen;

import org.jspecify.annotations.Nullable;

/**
 * The constructor arguments of a module, to be set one by one. A module keeps a copy of its
 * builder, so that an argument is declared once; its {@code toBuilder()} gives another copy, from
 * which a module of the same class is built.
 *
 * <pre>{@code
 * Dense wide = Dense.builder().features(512).dtype(DType.BFLOAT16).build();
 * Dense narrow = wide.toBuilder().features(64).build(); // in bfloat16 too
 * }</pre>
 *
 * @param <B> the class of the builder itself
 */
public abstract class ModuleBuilder<B extends ModuleBuilder<B>> implements Cloneable {
  @Nullable String name;
  @Nullable Scope parent;

  /** With every argument at its default. */
  protected ModuleBuilder() {}

  /** The submodule's name; automatic by default. */
  public final B name(@Nullable String newName) {
    name = newName;
    return self();
  }

  /** The scope the module belongs to; see {@link Module}. */
  public final B parent(@Nullable Scope newParent) {
    parent = newParent;
    return self();
  }

  /** A builder with the same arguments, but without name and parent, which are one module's. */
  public final B copy() {
    try {
      @SuppressWarnings("unchecked") // a clone has the class of the original
      ModuleBuilder<B> copy = (ModuleBuilder<B>) clone();
      return copy.name(null).parent(null);
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /** This builder, which a setter returns. */
  @SuppressWarnings("unchecked") // by the declaration of B
  protected final B self() {
    return (B) this;
  }
}
