package dev.heddle.bench;

/**
 * What calls of Heddle in a row cost in memory.
 *
 * @param allocatedBytes allocated by a call on all threads, on average, its output included
 * @param outputBytes what the output holds
 * @param extraHeapBytes how much more of the heap was in use at most while a call ran than before
 *     the row's first: packed parameters, working memory and the output
 * @param collections how often the collector ran during the timed rounds of the row
 */
record Memory(long allocatedBytes, long outputBytes, long extraHeapBytes, long collections) {}
