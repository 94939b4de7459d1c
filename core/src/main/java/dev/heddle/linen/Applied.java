package dev.heddle.linen;

/**
 * What a call made: its output and the collections it was allowed to write.
 *
 * @param <O> the output's type
 * @param output what the module returned
 * @param variables every collection that the call's {@link Mutable} includes, those it did not
 *     touch as well
 */
public record Applied<O>(O output, Variables variables) {}
