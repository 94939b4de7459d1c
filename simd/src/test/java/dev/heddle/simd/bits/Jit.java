package dev.heddle.simd.bits;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** The diagnostic commands of this JVM, as in {@code jcmd}. */
final class Jit {
  private static final int PAUSE_MILLIS = 10;

  /** Ten minutes: a machine with so much load fails other tests first. */
  private static final int MOST_PAUSES = 60_000;

  private Jit() {}

  /** Waits until the JIT compilers are idle. */
  static void await() {
    for (int pause = 0; pause < MOST_PAUSES && isCompiling(); pause++) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Whether compilations are running or queued; an empty list is printed as "Empty". */
  private static boolean isCompiling() {
    return command("compilerQueue")
        .lines()
        .map(String::strip)
        .anyMatch(line -> !line.isEmpty() && !line.endsWith(":") && !line.equals("Empty"));
  }

  /** Runs a diagnostic command; returns its output. */
  static String command(String name, String... words) {
    try {
      ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
      Object[] arguments = words.length == 0 ? new Object[0] : new Object[] {words};
      String[] types = words.length == 0 ? new String[0] : new String[] {String[].class.getName()};
      return (String)
          ManagementFactory.getPlatformMBeanServer().invoke(commands, name, arguments, types);
    } catch (JMException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
