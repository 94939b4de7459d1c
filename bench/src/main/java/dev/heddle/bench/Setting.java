package dev.heddle.bench;

import dev.heddle.array.DType;
import java.nio.file.Path;

/**
 * What holds for every engine of a run.
 *
 * @param threads how many threads each may compute on
 * @param dtype the type of inputs, parameters and arithmetic
 * @param folder where files between processes may lie; removed at the end
 */
public record Setting(int threads, DType dtype, Path folder) {}
