package dev.heddle.bench;

import dev.heddle.array.DType;
import java.nio.file.Path;

/**
 * The settings of a run, the same for every engine.
 *
 * @param threads the number of threads that each engine may use
 * @param dtype the dtype of inputs, parameters and computation
 * @param folder the folder for files that processes exchange; removed at the end
 */
public record Setting(int threads, DType dtype, Path folder) {}
