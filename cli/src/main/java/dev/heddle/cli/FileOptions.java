package dev.heddle.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** The options for files that several commands have. */
final class FileOptions {
  private FileOptions() {}

  /** Parses a path. */
  static Path path(String word) {
    if (word.isEmpty()) {
      throw new TypeConversionException("expected a file name, got an empty string");
    }
    try {
      return Path.of(word);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("not a valid file name: " + word);
    }
  }

  static OptionSpec config() {
    return file("--config", "C.json", "Flax's constructor arguments as JSON, by Flax's names.");
  }

  static OptionSpec inputs() {
    return file(
        "--inputs",
        "I",
        "inputs_q; optionally inputs_kv, or inputs_k and inputs_v; optionally mask.");
  }

  static OptionSpec inputsAndCotangent() {
    return file(
        "--inputs",
        "I",
        "inputs_q and cotangent; optionally inputs_kv, or inputs_k and inputs_v; optionally mask.");
  }

  static OptionSpec output(String label, String description) {
    return file("--output", label, description, FileRole.OUTPUT);
  }

  static OptionSpec variables() {
    return OptionSpec.builder("--variables")
        .paramLabel("V")
        .type(Path[].class)
        .arity("1..*")
        .required(true)
        .description(
            "params/..., optionally cache/...; tensors of later files replace those of earlier ones.")
        .build();
  }

  private static OptionSpec file(String name, String label, String description) {
    return file(name, label, description, FileRole.INPUT);
  }

  private static OptionSpec file(String name, String label, String description, FileRole role) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(Path.class)
        .userObject(role)
        .required(true)
        .description(description)
        .build();
  }
}
