package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The headers of {@code .npy} files and the archive that contains them. */
class NpzTest {
  private static final String HEAD = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }";

  @TempDir Path folder;

  @Test
  void theWrittenHeadIsNumPys() {
    byte[] head = NpyHeader.of(Array.zeros(DType.BFLOAT16, 5)).toBytes();

    assertThat(head.length % 64).isZero();
    assertThat(new String(head, StandardCharsets.ISO_8859_1).stripTrailing())
        .isEqualTo("\u0093NUMPY\1\0v\0{'descr': '|V2', 'fortran_order': False, 'shape': (5,), }");
  }

  /** A header of each length up to the maximum: padding of 0 to 63 spaces, then the newline. */
  @Test
  void aHeadEndsInANewlineWhateverItsLength() throws IOException {
    for (int axes = 0; axes <= 64; axes++) {
      for (int length : new int[] {1, 10, 100}) {
        int[] shape = new int[axes];
        Arrays.fill(shape, 1);
        if (axes > 0) {
          shape[0] = length;
        }
        byte[] head = NpyHeader.of(Array.zeros(DType.UINT8, shape)).toBytes();

        assertThat(head.length % 64).isZero();
        assertThat(head[head.length - 1]).isEqualTo((byte) '\n');
        assertThat(NpyHeader.read(FileLocation.of(folder), new ByteArrayInputStream(head)).shape())
            .isEqualTo(shape);
      }
    }
  }

  @Test
  void headsThatPythonOnceWroteAreRead() throws IOException {
    Path file = npz("a.npy", head("{\"shape\":(2L,),'fortran_order':False,'descr':'<f4'}\n"), 8);

    assertThat(CheckpointFile.read(file).tensor("a")).isEqualTo(Array.zeros(DType.FLOAT32, 2));
  }

  @Test
  void aHeadThatLiesIsRefused() throws IOException {
    refused("<f4", "(3,)", 8, "expected 140 bytes for its type and shape, but the entry has 136");
    refused("<f4", "(2147483647, 2147483647)", 8, "expected at most 2147483639 elements");
    refused("<f4", "(99999999999,)", 8, "expected axes of 0 to 2147483647");
    refused("<f4", "(9999999999999999999,)", 8, "9999999999999999999 is too large");
    refused("<f4", "(-1,)", 8, "expected an integer");
    refused("<f4", "(2)", 8, "expected a comma");
    refused("<f4", "'x'", 8, "expected a tuple of numbers for 'shape'");
    refused("<c8", "(1,)", 8, "dtype \"<c8\" is not supported");
    refused("f4", "(2,)", 8, "dtype \"f4\" is not supported");
    refused("<f4', 'descr': '<f4", "(2,)", 8, "the key \"descr\" is given twice");
    refused("<f4', 'other': '<f4", "(2,)", 8, "unknown key \"other\"");
    refused("<f4', 'x': __import__('os'), 'y': '", "(2,)", 8, "expected '('");
  }

  private void refused(String descr, String shape, int data, String message) throws IOException {
    assertRefused(
        npz("a.npy", head(HEAD.formatted(descr, shape)), data), "tensor \"a\": ", message);
  }

  @Test
  void anArchiveOfOtherThingsIsRefused() throws IOException {
    byte[] good = head(HEAD.formatted("|u1", "(1,)"));
    assertRefused(npz("a.txt", good, 1), "entry \"a.txt\": ", "a name that ends in .npy");
    assertRefused(npz("archive/data.pkl", good, 1), "entry ", "it looks like a PyTorch file");
    assertRefused(npz("../a.npy", good, 1), "entry \"../a.npy\": ", "a path without . and ..");
    assertRefused(npz("/a.npy", good, 1), "entry \"/a.npy\": ", "expected a relative path");
    assertRefused(npz("a.npy", new byte[0], 4), "tensor \"a\": ", "ends inside the .npy header");
    assertRefused(npz("a.npy", new byte[0], 40), "tensor \"a\": ", "starts with \\x93NUMPY");
  }

  @Test
  void aBombIsRefusedBeforeItIsUnpacked() throws IOException {
    byte[] head = head(HEAD.formatted("|u1", "(" + (257 << 20) + ",)"));

    assertRefused(npz("a.npy", head, 257 << 20), "tensor \"a\": ", "refused as a zip bomb");
  }

  @Test
  void damagedElementsAreNoticed() throws IOException {
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("a", Golden.values(DType.FLOAT32, 4, 4));
    Path file = folder.resolve("x.npz");
    CheckpointFile.write(file, Checkpoint.of(tensors));
    byte[] bytes = Files.readAllBytes(file);
    bytes[180] ^= 1;
    Files.write(file, bytes);

    assertRefused(file, "tensor \"a\": ", "its checksum is wrong");
  }

  private static byte[] head(String dict) {
    byte[] text = dict.getBytes(StandardCharsets.ISO_8859_1);
    byte[] head = new byte[128];
    Arrays.fill(head, (byte) ' ');
    System.arraycopy("\u0093NUMPY\1\0v\0".getBytes(StandardCharsets.ISO_8859_1), 0, head, 0, 10);
    System.arraycopy(text, 0, head, 10, text.length);
    return head;
  }

  private Path npz(String name, byte[] head, int zeros) throws IOException {
    Path file = folder.resolve("x.npz");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(new ZipEntry(name));
      zip.write(head);
      for (int left = zeros; left > 0; left -= 1 << 20) {
        zip.write(new byte[Math.min(left, 1 << 20)]);
      }
      zip.closeEntry();
    }
    return file;
  }

  private static void assertRefused(Path file, String place, String message) {
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(file + ": " + place)
        .hasMessageContaining(message);
  }
}
