/**
 * Flax Linen for the JVM: attention and the layers it is made of, the module system, and the trees
 * of variables. Configuration is immutable, variables are values, and nothing is hidden in a
 * module.
 *
 * <p>The letters of every shape in this package: <b>B...</b> batch axes, any number; <b>Q</b> query
 * length; <b>K</b> key length; <b>H</b> heads; <b>D</b> depth per head; <b>F</b> features.
 *
 * <pre>
 * inputs [B..., Q, F] -> DenseGeneral x3 -> [B..., Q|K, H, D] -> (LayerNorm of query and key)
 *   -> (decode cache) -> attention function -> [B..., Q, H, D] -> DenseGeneral -> [B..., Q, F]
 * </pre>
 *
 * <p>Uses {@code random} and {@code array}. Used by whole models, files and the command line.
 */
@NullMarked
package dev.heddle.linen;

import org.jspecify.annotations.NullMarked;
