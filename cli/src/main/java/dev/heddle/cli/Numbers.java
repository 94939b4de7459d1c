package dev.heddle.cli;

import java.math.BigInteger;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Parses numbers of the command line, with errors that give the range. */
final class Numbers {
  private Numbers() {}

  /** Registers the converters with a parser. */
  static void register(CommandLine line) {
    line.registerConverter(Integer.class, Numbers::int32);
    line.registerConverter(int.class, Numbers::int32);
    line.registerConverter(Long.class, Numbers::int64);
    line.registerConverter(Double.class, Numbers::parseDouble);
  }

  static int int32(String word) {
    return (int) integer(word, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static long int64(String word) {
    return integer(word, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static long integer(String word, long min, long max) {
    BigInteger number;
    try {
      number = new BigInteger(word);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("expected an integer, got \"" + word + '"');
    }
    boolean fits =
        number.compareTo(BigInteger.valueOf(min)) >= 0
            && number.compareTo(BigInteger.valueOf(max)) <= 0;
    if (!fits) {
      throw new TypeConversionException(
          "expected an integer from %d to %d, got %s".formatted(min, max, word));
    }
    return number.longValueExact();
  }

  static double parseDouble(String word) {
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("expected a number, got \"" + word + '"');
    }
  }
}
