package dev.heddle.cli.train;

import dev.heddle.models.LossCurve;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Prints the progress of a training: on a terminal a bar with the loss, tokens per second and the
 * remaining time, elsewhere a line at intervals. Speed and remaining time are computed from the
 * last steps.
 */
public final class Progress implements AutoCloseable {
  private static final int LINES = 20;
  private static final int MILLIS = 200;

  /** The number of steps that the loss is averaged over. */
  private static final int RECENT = 20;

  /** The number of steps that the speed is averaged over. */
  private static final int WINDOW = 50;

  private final PrintStream out;
  private final int first;
  private final int steps;
  private final long tokensPerStep;
  private final LongSupplier clock;
  private final long[] times = new long[WINDOW + 1]; // by step, modulo the length
  private final @Nullable ProgressBar bar;

  /**
   * Starts the measurement.
   *
   * @param out the stream to print to
   * @param columns the width of the terminal, or 0 if it is none
   * @param first the number of completed steps
   * @param steps the total number of steps
   * @param tokensPerStep the number of tokens per step
   */
  public Progress(PrintStream out, int columns, int first, int steps, long tokensPerStep) {
    this(out, columns, first, steps, tokensPerStep, System::nanoTime);
  }

  Progress(
      PrintStream out, int columns, int first, int steps, long tokensPerStep, LongSupplier clock) {
    this.out = out;
    this.first = first;
    this.steps = steps;
    this.tokensPerStep = tokensPerStep;
    this.clock = clock;
    times[first % times.length] = clock.getAsLong();
    bar =
        columns == 0
            ? null
            : new ProgressBarBuilder()
                .setTaskName("train")
                .setInitialMax(steps)
                .startsFrom(first, Duration.ZERO)
                .setStyle(
                    out.charset().newEncoder().canEncode('█')
                        ? ProgressBarStyle.UNICODE_BLOCK
                        : ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(out, columns - 1))
                .build();
  }

  /** Updates after a step, which the curve already contains. */
  public void step(LossCurve curve) {
    int done = curve.steps();
    times[done % times.length] = clock.getAsLong();
    double perStep = secondsPerStep(done);
    double speed = tokensPerStep / perStep;
    if (bar != null) {
      bar.stepTo(done);
      bar.setExtraMessage(
          String.format(Locale.ROOT, "loss %.3f, %,.0f tokens/s", curve.recent(RECENT), speed));
    } else if (done == first + 1 || done == steps || done % Math.max(1, steps / LINES) == 0) {
      out.println(
          String.format(
              Locale.ROOT,
              "step %d of %d: loss %.3f, %,.0f tokens/s, %s left",
              done,
              steps,
              curve.recent(RECENT),
              speed,
              time((steps - done) * perStep)));
    }
  }

  /** Prints a separate line. */
  public void say(String line) {
    if (bar != null) {
      out.print("\r\u001b[K"); // the bar is redrawn below
    }
    out.println(line);
  }

  /** The mean time per step over the last steps, at most {@link #WINDOW}. */
  private double secondsPerStep(int done) {
    int count = Math.min(WINDOW, done - first);
    long nanos = times[done % times.length] - times[(done - count) % times.length];
    return Math.max(1e-9, nanos / 1e9 / count);
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
