/**
 * Flax Linen's module system for the JVM: modules, scopes, trees of variables, and random streams.
 * Configuration is immutable, variables are values, and nothing is hidden in a module.
 *
 * <p>Attention is in {@code linen.attention}, other layers in {@code linen.layers}, initializers of
 * parameters in {@code linen.initializers}.
 *
 * <p>Letters of every shape in these packages: <b>B...</b> batch axes, any number; <b>Q</b> query
 * length; <b>K</b> key length; <b>H</b> heads; <b>D</b> depth per head; <b>F</b> features.
 *
 * <p>Uses {@code linen.initializers}, {@code random}, {@code grad} and {@code array}. Used by
 * layers, attention, whole models, files and the command line.
 */
@NullMarked
package dev.heddle.linen;

import org.jspecify.annotations.NullMarked;
