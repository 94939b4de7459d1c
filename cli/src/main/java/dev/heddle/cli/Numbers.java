package dev.heddle.cli;

import java.math.BigInteger;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Numbers of the command line, with errors that say what fits. */
final class Numbers {
  private Numbers() {}

  /** Makes a parser read numbers so. */
  static void register(CommandLine line) {
    line.registerConverter(Integer.class, Numbers::int32);
    line.registerConverter(int.class, Numbers::int32);
    line.registerConverter(Long.class, Numbers::int64);
    line.registerConverter(Double.class, Numbers::real);
  }

  private static int int32(String word) {
    return (int) whole(word, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static long int64(String word) {
    return whole(word, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static long whole(String word, long least, long most) {
    BigInteger number;
    try {
      number = new BigInteger(word);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("expected a whole number, got \"" + word + '"');
    }
    boolean fits =
        number.compareTo(BigInteger.valueOf(least)) >= 0
            && number.compareTo(BigInteger.valueOf(most)) <= 0;
    if (!fits) {
      throw new TypeConversionException(
          "expected a whole number from %d to %d, got %s".formatted(least, most, word));
    }
    return number.longValueExact();
  }

  private static double real(String word) {
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("expected a number, got \"" + word + '"');
    }
  }
}
