package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.SyncFailedException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Atomic writes, failures and permissions. */
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
        .hasMessage(circle + ": is a symbolic link that does not resolve");
  }

  /** Content, then the name, then the folder, each forced to the disk before the next. */
  @Test
  void contentIsForcedBeforeItHasTheName() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    List<String> steps = new ArrayList<>();
    Disk recorder =
        new Disk() {
          @Override
          void force(RandomAccessFile content) throws IOException {
            steps.add("force " + content.length() + " bytes, the name has " + Files.size(file));
            super.force(content);
          }

          @Override
          void rename(Path from, Path to) throws IOException {
            steps.add("rename to " + to.getFileName());
            super.rename(from, to);
          }

          @Override
          void forceFolder(Path forced) {
            steps.add("force folder, the name has " + file.toFile().length());
            assertThat(forced).isEqualTo(folder);
            super.forceFolder(forced);
          }
        };

    AtomicFile.write(file, text("content"), recorder);

    assertThat(steps)
        .containsExactly(
            "force 7 bytes, the name has 3", "rename to a.txt", "force folder, the name has 7");
  }

  /** Forcing calls the system, which fails for a closed file. */
  @Test
  void theSystemForcesTheContent() throws IOException {
    Disk disk = new Disk();
    RandomAccessFile content = disk.open(Files.writeString(folder.resolve("a.txt"), "old"));
    disk.force(content);
    content.close();

    assertThatThrownBy(() -> disk.force(content)).isInstanceOf(SyncFailedException.class);
  }

  @Test
  void whatCannotBeForcedDoesNotReplaceTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    Disk broken =
        new Disk() {
          @Override
          void force(RandomAccessFile content) throws IOException {
            throw new IOException("the disk does not answer");
          }
        };

    assertThatThrownBy(() -> AtomicFile.write(file, text("new"), broken))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(file + ": cannot be written: the disk does not answer");

    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("a.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-r-----", "rw-rw-rw-", "rwxr-x--x", "-w-------"})
  void aFileKeepsItsPermissions(String permissions) throws IOException {
    assumeTrue(isPosix());
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.txt"), file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    for (Path name : List.of(file, link)) {
      List<String> whileWritten = new ArrayList<>();

      AtomicFile.write(
          name,
          out -> {
            text("new").writeTo(out);
            try (DirectoryStream<Path> temporary = Files.newDirectoryStream(folder, ".*")) {
              temporary.forEach(each -> whileWritten.add(permissions(each)));
            }
          });

      assertThat(whileWritten).containsExactly("rw-------");
      assertThat(permissions(file)).isEqualTo(permissions);
    }
    assertThat(Files.getOwner(file)).isEqualTo(Files.getOwner(link));
  }

  @Test
  void aNewFileHasThePermissionsOfNewFiles() throws IOException {
    assumeTrue(isPosix());
    Path usual = Files.createFile(folder.resolve("usual.txt"));
    Path file = folder.resolve("a.txt");

    AtomicFile.write(file, text("new"));

    assertThat(permissions(file)).isEqualTo(permissions(usual));
  }

  @Test
  void ownerAndGroupStayWhereTheUserMaySetThem() throws IOException {
    assumeTrue(isPosix());
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    try {
      Files.setAttribute(file, "unix:uid", 12345);
      Files.setAttribute(file, "unix:gid", 23456);
    } catch (IOException e) {
      assumeTrue(false, "needs a user who may give files away");
    }

    AtomicFile.write(file, text("new"));

    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(12345);
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(23456);
    assertThat(file).hasContent("new");
  }

  @Test
  void aWriteProtectedFileStays() throws IOException {
    assumeTrue(isPosix());
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.txt"), file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    for (Path name : List.of(file, link)) {
      assertThatThrownBy(() -> AtomicFile.write(name, text("new")))
          .isInstanceOf(CheckpointException.class)
          .hasMessage(name + ": is write-protected: its permissions are r--r--r--");
      assertThatThrownBy(() -> AtomicFile.check(name))
          .isInstanceOf(CheckpointException.class)
          .hasMessage(name + ": is write-protected: its permissions are r--r--r--");
    }

    assertThat(file).hasContent("old");
    assertThat(names()).containsExactlyInAnyOrder("a.txt", "link.txt");
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aCheckLeavesEverythingAsItIs() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");

    AtomicFile.check(file);
    AtomicFile.check(folder.resolve("new.txt"));

    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void whatAKilledWriterLeftIsRemovedAndNothingElse() throws IOException {
    Path file = folder.resolve("a.txt");
    String digits = "0123456789abcdef";
    List<String> others =
        List.of(
            ".b.txt." + digits + ".tmp",
            ".a.txt." + digits + ".bak",
            ".a.txt.backup.tmp",
            ".a.txt.x." + digits + ".tmp",
            "a.txt." + digits + ".tmp");
    for (String name : others) {
      Files.writeString(folder.resolve(name), "of others");
    }
    Files.createDirectory(folder.resolve(".a.txt.1" + digits.substring(1) + ".tmp"));
    Files.writeString(folder.resolve(".a.txt." + digits + ".tmp"), "left");
    Files.writeString(folder.resolve(".a.txt.f" + digits.substring(1) + ".tmp"), "left");

    AtomicFile.write(file, text("new"));

    assertThat(names())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    others.stream(), Stream.of("a.txt", ".a.txt.1" + digits.substring(1) + ".tmp"))
                .toList());
  }

  @Test
  void whatAKilledWriterOfALongNameLeftIsRemoved() throws IOException {
    Path file = folder.resolve("a".repeat(51));
    Path other = folder.resolve("a".repeat(52));
    AtomicFile.write(
        file,
        out ->
            AtomicFile.write(
                other,
                more -> {
                  for (String name : names().filter(each -> each.startsWith(".")).toList()) {
                    assertThat(name).hasSizeLessThan(130);
                    String left =
                        name.replaceFirst("[.][0-9a-f]{16}[.]tmp", ".0123456789abcdef.tmp");
                    Files.writeString(folder.resolve(left), "left");
                  }
                }));
    assertThat(names().filter(name -> name.startsWith("."))).hasSize(2);

    AtomicFile.write(file, text("new"));
    assertThat(names().filter(name -> name.startsWith("."))).hasSize(1);
    AtomicFile.write(other, text("new"));
    assertThat(names().filter(name -> name.startsWith("."))).isEmpty();
  }

  @Test
  void writersOfOneFileInOneProcessLeaveEachOtherAlone() throws IOException {
    Path file = folder.resolve("a.txt");

    AtomicFile.write(
        file,
        out -> {
          AtomicFile.write(file, text("inner"));
          assertThat(file).hasContent("inner");
          text("outer").writeTo(out);
        });

    assertThat(file).hasContent("outer");
    assertThat(names()).containsExactly("a.txt");
  }

  /** Writes half of a file, signals it, and waits for a signal to write the rest. */
  static final class Writer {
    public static void main(String[] words) throws IOException {
      AtomicFile.write(
          Path.of(words[0]),
          out -> {
            text("half").writeTo(out);
            System.out.println("half");
            System.in.read();
            text(" and half").writeTo(out);
          });
    }
  }

  private static Process writer(Path file) throws IOException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(writer.inputReader().readLine()).isEqualTo("half");
    return writer;
  }

  /** A second writer in this process must not release the first one's lock, as POSIX does. */
  @Test
  void anotherProcessLeavesAWriterAloneWhoseProcessHasASecondOne() throws IOException {
    Path file = folder.resolve("a.txt");

    AtomicFile.write(
        file,
        out -> {
          AtomicFile.write(file, text("inner"));
          Process other = writer(file);
          other.getOutputStream().write('\n');
          other.getOutputStream().flush();
          assertThat(other.onExit().join().exitValue()).isZero();
          assertThat(file).hasContent("half and half");
          text("outer").writeTo(out);
        });

    assertThat(file).hasContent("outer");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void theFileOfALiveProcessStaysAndThatOfAKilledOneDoesNot() throws Exception {
    Path file = folder.resolve("a.txt");
    Process live = writer(file);
    Process killed = writer(file);
    try {
      AtomicFile.write(file, text("ours"));
      assertThat(names().filter(name -> name.startsWith("."))).hasSize(2);

      killed.destroyForcibly().waitFor();
      AtomicFile.write(file, text("ours"));
      assertThat(names().filter(name -> name.startsWith("."))).hasSize(1);

      live.getOutputStream().write('\n');
      live.getOutputStream().flush();
      assertThat(live.waitFor()).isZero();
      assertThat(file).hasContent("half and half");
      assertThat(names()).containsExactly("a.txt");
    } finally {
      killed.destroyForcibly();
      live.destroyForcibly();
    }
  }

  @Test
  void aFolderThatTakesNoFilesIsAnError() {
    Path proc = Path.of("/proc");
    assumeTrue(Files.isDirectory(proc));

    assertThatThrownBy(() -> AtomicFile.write(proc.resolve("a.txt"), text("x")))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("/proc/a.txt: the folder \"/proc\" may not be written to");
    assertThatThrownBy(() -> AtomicFile.check(proc.resolve("a.txt")))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("/proc/a.txt: the folder \"/proc\" may not be written to");
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
