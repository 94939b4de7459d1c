package dev.heddle.bench;

/**
 * The memory of Heddle's calls in a row.
 *
 * @param allocatedBytes the bytes allocated per call by all threads, on average, including the
 *     output
 * @param outputBytes the size of the output
 * @param extraHeapBytes the increase of the peak heap usage during a call over the usage before the
 *     row's first call: packed parameters, workspace and the output
 * @param collections the number of garbage collections during the timed rounds of the row
 */
record Memory(long allocatedBytes, long outputBytes, long extraHeapBytes, long collections) {}
