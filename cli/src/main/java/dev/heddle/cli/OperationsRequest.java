package dev.heddle.cli;

import java.nio.file.Path;

/**
 * What {@code heddle bench --operations} was asked for.
 *
 * @param seconds the time for one number, warm-up not counted
 * @param markdown where the page goes
 */
public record OperationsRequest(double seconds, Path markdown) {}
