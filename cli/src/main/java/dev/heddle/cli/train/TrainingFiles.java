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
 * The files that a training writes: its checkpoint, {@code CHECKPOINT.csv} with a table of the
 * losses and {@code CHECKPOINT.svg} with their chart. The latter two replace only files that a
 * training wrote, which are recognized by their first bytes.
 *
 * @param checkpoint the path of the checkpoint
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
   * Checks that the table and the chart would replace only files that a training wrote.
   *
   * @throws IOException if a file exists that a training did not write; the message names it
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
   * Writes all files, each atomically.
   *
   * @throws IOException if a file cannot be written, or would replace one that no training wrote
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
