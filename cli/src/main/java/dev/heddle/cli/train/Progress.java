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
 * Says how far a training is: on a terminal by a bar with the loss, tokens a second and the time
 * left, elsewhere by a line now and then. Speed and time left are those of the last steps.
 */
public final class Progress implements AutoCloseable {
  private static final int LINES = 20;
  private static final int MILLIS = 200;

  /** How many steps the loss is a mean over. */
  private static final int RECENT = 20;

  /** How many steps the speed is a mean over. */
  private static final int WINDOW = 50;

  private final PrintStream out;
  private final int first;
  private final int steps;
  private final long tokensPerStep;
  private final LongSupplier clock;
  private final long[] times = new long[WINDOW + 1]; // after which step: its remainder
  private final @Nullable ProgressBar bar;

  /**
   * Begins.
   *
   * @param out where to
   * @param columns the width of the terminal there, or 0 if there is none
   * @param first how many steps were made before
   * @param steps how many there will be in all
   * @param tokensPerStep how many tokens a step reads
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

  /** After a step, which the curve knows already. */
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

  /** A line of its own. */
  public void say(String line) {
    if (bar != null) {
      out.print("\r\u001b[K"); // the bar is drawn again below
    }
    out.println(line);
  }

  /** The mean time of the last steps, at most {@link #WINDOW}. */
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
