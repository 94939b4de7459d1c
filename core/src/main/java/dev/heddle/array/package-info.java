/**
 * Immutable n-dimensional arrays and the operations on them, named as in JAX and NumPy.
 *
 * <table>
 * <caption>The classes by family</caption>
 * <tr><td>arrays</td><td>{@link Array}, {@link Shape}, {@link DType}, {@link ArrayTree}, {@link
 *     Pytree}, {@link TreePair}</td></tr>
 * <tr><td>creation</td><td>{@link Creation}</td></tr>
 * <tr><td>elementwise</td><td>{@link Elementwise}, {@link Compare}, {@link Where}, {@link
 *     Cast}</td></tr>
 * <tr><td>reductions</td><td>{@link Reduce}, {@link Cumulative}, {@link Sort}, {@link Softmax},
 *     {@link Norm}</td></tr>
 * <tr><td>parts and shapes</td><td>{@link Slice}, {@link Index}, {@link Gather}, {@link
 *     Concatenate}, {@link Repeat}, {@link Reshape}, {@link Transpose}</td></tr>
 * <tr><td>products</td><td>{@link MatMul}, {@link DotGeneral}, {@link Einsum}</td></tr>
 * <tr><td>attention</td><td>{@link Attention}, {@link AttentionLayer}</td></tr>
 * <tr><td>new operations</td><td>{@link Op}, {@link Tracer}, by which a tape records them</td></tr>
 * <tr><td>threads</td><td>{@link Threads}</td></tr>
 * </table>
 *
 * <p>Element types are promoted by JAX's lattice; 16-bit floats are computed in float32 and rounded
 * once per operation; integers wrap. Array and its operations need each other, so they are one
 * package; the elements, their patterns and the steps of the operations are package-private.
 *
 * <p>Uses {@code kernel}. Used by every package above it.
 */
@NullMarked
package dev.heddle.array;

import org.jspecify.annotations.NullMarked;
