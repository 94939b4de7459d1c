package dev.heddle.bench;

import dev.heddle.cli.BenchRequest;
import dev.heddle.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The files of a run. */
final class Reports {
  private Reports() {}

  /** Writes those that were asked for, each whole or not at all. */
  static void write(BenchmarkResults findings, BenchRequest request) throws IOException {
    write(request.json(), JsonReport.of(findings));
    write(request.markdown(), MarkdownReport.of(findings));
    write(request.svg(), Chart.of(findings));
  }

  /** Writes a file, whole or not at all; nothing where there is none. */
  static void write(@Nullable Path file, String text) throws IOException {
    if (file != null) {
      AtomicFile.write(
          file,
          out -> {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
              out.write(bytes);
            }
          });
    }
  }
}
