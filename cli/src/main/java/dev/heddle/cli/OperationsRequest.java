package dev.heddle.cli;

import java.nio.file.Path;

/**
 * The arguments of {@code heddle bench --operations}.
 *
 * @param seconds the time per measurement, without warm-up
 * @param markdown the file for the page
 */
public record OperationsRequest(double seconds, Path markdown) {}
