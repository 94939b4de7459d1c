package dev.heddle.linen.initializers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.random.Key;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An initializer of Flax's with its name and parameters; equal to another one of the same. */
final class NamedInitializer implements Initializer {
  private final Spec spec;
  private final Initializer rule;

  NamedInitializer(Spec spec, Initializer rule) {
    this.spec = spec;
    this.rule = rule;
  }

  @Override
  public Array init(Key key, Shape shape, DType dtype) {
    return rule.init(key, shape, dtype);
  }

  @Override
  public Optional<Spec> spec() {
    return Optional.of(spec);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NamedInitializer named && spec.equals(named.spec);
  }

  @Override
  public int hashCode() {
    return spec.hashCode();
  }

  @Override
  public String toString() {
    return spec.toString();
  }
}
