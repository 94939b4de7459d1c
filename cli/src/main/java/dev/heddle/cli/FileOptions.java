package dev.heddle.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** The options that name files, alike in every command. */
final class FileOptions {
  private FileOptions() {}

  /** The path of a word. */
  static Path path(String word) {
    if (word.isEmpty()) {
      throw new TypeConversionException("expected the name of a file, got nothing");
    }
    try {
      return Path.of(word);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("no file can have this name: " + word);
    }
  }

  static OptionSpec config() {
    return file("--config", "C.json", "Flax's constructor arguments as JSON, by Flax's names.");
  }

  static OptionSpec inputs() {
    return file(
        "--inputs", "I", "inputs_q; perhaps inputs_kv, or inputs_k and inputs_v; perhaps mask.");
  }

  static OptionSpec inputsAndCotangent() {
    return file(
        "--inputs",
        "I",
        "inputs_q; perhaps inputs_kv, or inputs_k and inputs_v; perhaps mask; and cotangent.");
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
        .description("params/..., perhaps cache/...; a later file's tensors replace an earlier's.")
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
