package dev.heddle.cli.train;

import dev.heddle.models.LossCurve;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Says how far a training is: on a terminal by a bar with the loss, tokens a second and the time
 * left, elsewhere by a line now and then.
 */
public final class Progress implements AutoCloseable {
  private static final int LINES = 20;
  private static final int MILLIS = 200;

  /** How many steps the loss is a mean over. */
  private static final int RECENT = 20;

  private final PrintStream out;
  private final int first;
  private final int steps;
  private final int tokensAStep;
  private final long start = System.nanoTime();
  private final @Nullable ProgressBar bar;

  /**
   * Begins.
   *
   * @param out where to
   * @param columns the width of the terminal there, or 0 if there is none
   * @param first how many steps were made before
   * @param steps how many there will be in all
   * @param tokensAStep how many tokens a step reads
   */
  public Progress(PrintStream out, int columns, int first, int steps, int tokensAStep) {
    this.out = out;
    this.first = first;
    this.steps = steps;
    this.tokensAStep = tokensAStep;
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
    if (bar != null) {
      bar.stepTo(done);
      bar.setExtraMessage(
          String.format(
              Locale.ROOT, "loss %.3f, %,.0f tokens/s", curve.recent(RECENT), speed(done)));
    } else if (done == first + 1 || done == steps || done % Math.max(1, steps / LINES) == 0) {
      out.println(
          String.format(
              Locale.ROOT,
              "step %d of %d: loss %.3f, %,.0f tokens/s, %s left",
              done,
              steps,
              curve.recent(RECENT),
              speed(done),
              time((steps - done) * seconds() / (done - first))));
    }
  }

  /** A line of its own. */
  public void say(String line) {
    if (bar != null) {
      out.print("\r\u001b[K"); // the bar is drawn again below
    }
    out.println(line);
  }

  private double speed(int done) {
    return (double) (done - first) * tokensAStep / seconds();
  }

  private double seconds() {
    return Math.max(1e-9, (System.nanoTime() - start) / 1e9);
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
