package dev.heddle.cli.train;

import dev.heddle.io.AtomicFile;
import dev.heddle.models.LossCurve;
import dev.heddle.models.TrainingCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The files that a training writes: its checkpoint, and beside it {@code CHECKPOINT.csv} with the
 * losses as a table and {@code CHECKPOINT.svg} with their chart. Those two only replace files that
 * a training wrote, which their first bytes tell.
 *
 * @param checkpoint where the checkpoint goes
 */
public record TrainingFiles(Path checkpoint) {
  /** The table. */
  public Path table() {
    return beside(".csv");
  }

  /** The chart. */
  public Path chart() {
    return beside(".svg");
  }

  /** The table and the chart. */
  public List<Path> beside() {
    return List.of(table(), chart());
  }

  private Path beside(String ending) {
    return checkpoint.resolveSibling(checkpoint.getFileName() + ending);
  }

  /**
   * Checks that nothing but the work of a training would be replaced beside the checkpoint.
   *
   * @throws IOException if a file is there that a training did not write; the message names it
   */
  public void requireOwn() throws IOException {
    requireBegin(table(), LossCurve.CSV_HEADER);
    requireBegin(chart(), LossChart.HEADER);
  }

  private static void requireBegin(Path file, String header) throws IOException {
    byte[] expected = header.getBytes(StandardCharsets.UTF_8);
    byte[] found;
    try (InputStream in = Files.newInputStream(file)) {
      found = in.readNBytes(expected.length);
    } catch (NoSuchFileException e) {
      return;
    }
    if (!Arrays.equals(found, expected)) {
      throw new FileSystemException(
          file.toString(), null, "exists, and heddle train did not write it; it is not replaced");
    }
  }

  /**
   * Writes all of them, each whole or not at all.
   *
   * @throws IOException if one cannot be written, or would replace what no training wrote
   */
  public void save(TrainingCheckpoint training) throws IOException {
    requireOwn();
    training.write(checkpoint);
    write(table(), training.curve().toCsv(training.plan().schedule()));
    write(chart(), LossChart.svg(training.curve()));
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }
}
