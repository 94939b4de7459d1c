package dev.heddle.io;

import dev.heddle.array.Array;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's {@code .npz}: a zip archive with one {@code .npy} file for each tensor, as {@code
 * numpy.savez} and {@code numpy.savez_compressed} write it. Bfloat16 is {@code |V2}, since NumPy
 * has no such dtype.
 *
 * <p>Reads stored and deflated entries, C and Fortran order, both byte orders; pickles are
 * rejected, so nothing is executed. Writes stored entries with a fixed date: the same checkpoint
 * always gives the same bytes. Metadata is not written, since the format has no field for it.
 */
public record Npz() implements CheckpointFile {
  private static final String SUFFIX = ".npy";

  /** The maximum compression ratio of deflate. */
  private static final long DEFLATE_LIMIT = 1032;

  /** A file that decompresses to more bytes must not exceed {@link #RATIO_LIMIT} times its size. */
  private static final long ALWAYS_ALLOWED = 256L << 20;

  private static final long RATIO_LIMIT = 100;

  /** An arbitrary date, the same in every time zone. */
  private static final LocalDateTime DATE = LocalDateTime.of(1980, 2, 1, 0, 0);

  @Override
  public Checkpoint load(Path path) throws IOException {
    try (InputFile file = new InputFile(FileLocation.of(path))) {
      return read(file);
    }
  }

  /** Reads an open file. */
  static Checkpoint read(InputFile file) throws IOException {
    FileLocation place = file.place();
    Content.check(file, Content.ZIP);
    try (ZipFile zip = open(place, file.path())) {
      Limits.checkCount(place, zip.size());
      var tensors = new LinkedHashMap<String, Array>();
      long unpacked = 0;
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        if (entry.isDirectory()) {
          continue;
        }
        String name = name(place, entry.getName());
        FileLocation here = place.tensor(name);
        Limits.checkName(here, name);
        unpacked += checkedSize(here, entry, file.size(), unpacked);
        if (tensors.put(name, read(here, zip, entry)) != null) {
          throw here.error("is given twice");
        }
      }
      file.requireSameSize();
      return Checkpoint.of(tensors);
    }
  }

  private static ZipFile open(FileLocation place, Path path) throws CheckpointException {
    try {
      return new ZipFile(path.toFile());
    } catch (IOException | IllegalArgumentException e) {
      throw place.error("not a valid zip archive: " + e.getMessage(), e);
    }
  }

  /** The tensor of an entry. */
  private static String name(FileLocation place, String entry) throws CheckpointException {
    if (!entry.endsWith(SUFFIX)) {
      throw place
          .at("entry", entry)
          .error(
              "expected a name that ends in .npy"
                  + (entry.endsWith("data.pkl") ? ": it looks like a PyTorch file" : ""));
    }
    checkPath(place.at("entry", entry), entry);
    return entry.substring(0, entry.length() - SUFFIX.length());
  }

  /** Rejects names that would be outside of the folder into which the archive is extracted. */
  private static void checkPath(FileLocation here, String entry) throws CheckpointException {
    if (entry.startsWith("/") || entry.contains("\\") || entry.contains("\0")) {
      throw here.error("expected a relative path with / between names");
    }
    for (String part : entry.split("/", -1)) {
      if (part.equals("..") || part.equals(".")) {
        throw here.error("expected a path without . and ..");
      }
    }
  }

  /** The size that the archive's directory declares; rejects impossible sizes and zip bombs. */
  private static long checkedSize(FileLocation place, ZipEntry entry, long fileSize, long before)
      throws CheckpointException {
    long size = entry.getSize();
    long packed = entry.getCompressedSize();
    if (size < 0 || packed < 0 || packed > fileSize) {
      throw place.error(
          "declares " + size + " bytes packed into " + packed + ", in a file of " + fileSize);
    }
    boolean stored = entry.getMethod() == ZipEntry.STORED;
    if (!stored && entry.getMethod() != ZipEntry.DEFLATED) {
      throw place.error(
          "expected a stored or deflated entry, got compression method " + entry.getMethod());
    }
    if (stored ? size != packed : size / DEFLATE_LIMIT > packed) {
      throw place.error(
          "declares " + size + " bytes, which " + packed + " packed ones cannot hold");
    }
    if (before + size > Math.max(ALWAYS_ALLOWED, fileSize * RATIO_LIMIT)) {
      throw place.error(
          "the file unpacks to more than "
              + RATIO_LIMIT
              + " times its size and "
              + (ALWAYS_ALLOWED >> 20)
              + " MiB: refused as a zip bomb");
    }
    return size;
  }

  private static Array read(FileLocation place, ZipFile zip, ZipEntry entry) throws IOException {
    CRC32 crc = new CRC32();
    try (InputStream packed = zip.getInputStream(entry);
        CheckedInputStream in = new CheckedInputStream(packed, crc);
        Arena arena = Arena.ofConfined()) {
      NpyHeader header = NpyHeader.read(place, in);
      long length = Elements.bytes(header.dtype(), header.shape());
      long expected = header.length() + length;
      if (expected != entry.getSize()) {
        throw place.error(
            "expected "
                + expected
                + " bytes for its type and shape, but the entry has "
                + entry.getSize());
      }
      MemorySegment elements = Elements.buffer(length, arena);
      long found = Elements.fill(elements, in);
      if (found != length || in.read() >= 0) {
        throw place.error("expected " + length + " bytes of elements, got another number");
      }
      if (crc.getValue() != entry.getCrc()) {
        throw place.error("is damaged: its checksum is wrong");
      }
      return header.array(elements, arena);
    } catch (CheckpointException e) {
      throw e;
    } catch (IOException e) {
      throw place.error("is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public void save(Path path, Checkpoint checkpoint) throws IOException {
    FileLocation place = FileLocation.of(path);
    Limits.check(place, checkpoint.tensors());
    for (String name : checkpoint.tensors().keySet()) {
      checkPath(place.tensor(name), name + SUFFIX);
    }
    AtomicFile.write(
        path,
        file -> {
          OutputStream buffered = new BufferedOutputStream(Channels.newOutputStream(file));
          try (ZipOutputStream zip = new ZipOutputStream(buffered)) {
            for (Map.Entry<String, Array> tensor : checkpoint.tensors().entrySet()) {
              write(zip, tensor.getKey(), tensor.getValue());
            }
          }
        });
  }

  private static void write(ZipOutputStream zip, String name, Array tensor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      byte[] header = NpyHeader.of(tensor).toBytes();
      MemorySegment elements = Elements.of(tensor, arena);
      CRC32 crc = new CRC32();
      crc.update(header);
      Elements.write(elements, new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
      ZipEntry entry = new ZipEntry(name + SUFFIX);
      entry.setMethod(ZipEntry.STORED);
      entry.setTimeLocal(DATE);
      entry.setSize(header.length + elements.byteSize());
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(header);
      Elements.write(elements, zip);
      zip.closeEntry();
    }
  }
}
