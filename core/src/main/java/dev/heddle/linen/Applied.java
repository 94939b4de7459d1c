package dev.heddle.linen;

/**
 * The result of a call: its output and the mutable collections.
 *
 * @param <O> the output's type
 * @param output what the module returned
 * @param variables every collection that the call's {@link Mutable} includes, changed or not
 */
public record Applied<O>(O output, Variables variables) {}
