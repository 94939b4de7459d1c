package dev.heddle.bench;

import dev.heddle.cli.BenchRequest;
import dev.heddle.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes the reports of a run. */
final class Reports {
  private Reports() {}

  /** Writes the requested reports, each atomically. */
  static void write(BenchmarkResults findings, BenchRequest request) throws IOException {
    write(request.json(), JsonReport.of(findings));
    write(request.markdown(), MarkdownReport.of(findings));
    write(request.svg(), Chart.of(findings));
  }

  /** Writes a file atomically; does nothing for null. */
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
