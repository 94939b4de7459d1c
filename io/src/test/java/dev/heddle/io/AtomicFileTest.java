package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole or not at all. */
class AtomicFileTest {
  @TempDir Path folder;

  private static AtomicFile.Body text(String text) {
    return out -> out.write(StandardCharsets.UTF_8.encode(text));
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void aFileIsWrittenAndReplaced() throws IOException {
    Path file = folder.resolve("a.txt");

    AtomicFile.write(file, text("old"));
    AtomicFile.write(file, text("new"));

    assertThat(file).hasContent("new");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void whatFailsLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");

    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                out -> {
                  text("half").writeTo(out);
                  throw new IOException("disk full");
                }))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(file + ": cannot be written: disk full");
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                out -> {
                  throw new IllegalStateException("a mistake");
                }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void theFolderMustExistAndTheNameMustBeAFiles() throws IOException {
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> AtomicFile.write(absent.resolve("a.txt"), text("x")))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(absent.resolve("a.txt") + ": the folder \"" + absent + "\" does not exist");
    assertThatThrownBy(() -> AtomicFile.write(folder, text("x")))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(folder + ": is a folder, expected a file's name");
    assertThat(absent).doesNotExist();
  }

  @Test
  void aNameMayBeAsLongAsTheSystemAllows() throws IOException {
    Path file = folder.resolve("a".repeat(255));
    Path longer = folder.resolve("a".repeat(256));

    AtomicFile.write(file, text("new"));

    assertThat(file).hasContent("new");
    assertThatThrownBy(() -> AtomicFile.write(longer, text("new")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(longer + ": cannot be written: ");
    assertThat(names()).containsExactly(file.getFileName().toString());
  }

  @Test
  void aLinkKeepsPointingWhereItPoints() throws IOException {
    Path target = Files.writeString(folder.resolve("target.txt"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.txt"), target);

    AtomicFile.write(link, text("new"));

    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
  }

  @Test
  void aLinkToNothingIsFollowedAndOneToItselfIsAnError() throws IOException {
    Path target = folder.resolve("target.txt");
    Path link = Files.createSymbolicLink(folder.resolve("link.txt"), Path.of("target.txt"));
    Path circle = folder.resolve("circle.txt");
    Files.createSymbolicLink(circle, circle);

    AtomicFile.write(link, text("new"));

    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
    assertThatThrownBy(() -> AtomicFile.write(circle, text("new")))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(circle + ": is a symbolic link that leads to no place");
  }

  @Test
  void aFileThatIsNotThereOrAFolderIsAnError() throws IOException {
    Path absent = folder.resolve("absent.npz");
    assertThatThrownBy(() -> CheckpointFile.read(absent)).hasMessage(absent + ": no such file");
    assertThatThrownBy(() -> CheckpointFile.read(folder))
        .hasMessage(folder + ": is a folder, expected a file");
    Files.createFile(folder.resolve("_METADATA"));
    assertThatThrownBy(() -> CheckpointFile.read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("looks like an Orbax checkpoint: convert it first");
    Path other = folder.resolve("weights.bin");
    assertThatThrownBy(() -> CheckpointFile.read(other))
        .hasMessage(other + ": expected a name that ends in .safetensors, .npz or .msgpack");
    Path empty = Files.createFile(folder.resolve("empty.msgpack"));
    assertThatThrownBy(() -> CheckpointFile.read(empty)).hasMessageContaining("it is empty");
  }
}
