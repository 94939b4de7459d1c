package dev.heddle.kernel;

/** Flags that are a function of their row-major index. */
public interface IndexedFlags {
  /**
   * Clears the bytes whose flag is not set.
   *
   * @param from the index of the first flag
   * @param count the number of flags
   * @param flags bytes of 0 or 1, cleared where the flag is 0
   * @param at the position of the first flag's byte
   */
  void restrict(long from, int count, byte[] flags, int at);
}
