package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.io.MsgpackInput.Kind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one tree into tensors by their paths. Lengths are checked against the size of the file.
 * Time and memory are linear in the file's length: only tensors and strings with their names are
 * retained, and the total length of the names is limited, since a short file can give many tensors
 * a long common prefix.
 */
final class MsgpackReader {
  /** Flax's extension types. */
  static final int NDARRAY = 1;

  private static final int COMPLEX = 2;
  private static final int SCALAR = 3;

  /** The keys of an array that Flax wrote in chunks. */
  static final String CHUNKED = "__msgpack_chunked_array__";

  static final String CHUNKS = "chunks";
  static final String CHUNKED_SHAPE = "shape";

  /** The only key of a boxed parameter. */
  static final String BOX = "value";

  /** The maximum total length of all names of a file, in bytes of UTF-8. */
  static final int MAX_NAMES_BYTES = 1 << 25;

  private static final ValueLayout.OfLong LITTLE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MsgpackInput in;
  private final FileLocation place;
  private final boolean keepBoxes;

  private final List<String> path = new ArrayList<>(); // the keys of the current value
  private long pathBytes;
  private int levels;
  private long namesBytes;
  private boolean inChunks;
  private final List<Tensor> tensors = new ArrayList<>();
  private final Map<String, String> texts = new LinkedHashMap<>();

  private record Tensor(String name, Array array) {}

  MsgpackReader(InputFile file, boolean keepBoxes) {
    this.in = new MsgpackInput(file);
    this.place = file.place();
    this.keepBoxes = keepBoxes;
  }

  /** Reads the tree, which must be the whole file; strings become metadata. */
  Checkpoint read() throws IOException {
    value();
    if (in.left() != 0) {
      throw place.error(
          "expected the end after byte " + in.position() + ", got " + in.left() + " bytes more");
    }
    var named = LinkedHashMap.<String, Array>newLinkedHashMap(tensors.size());
    for (Tensor tensor : tensors) {
      if (named.put(tensor.name, tensor.array) != null) {
        throw place.tensor(tensor.name).error("is given twice");
      }
    }
    return new Checkpoint(named, texts);
  }

  private FileLocation here() {
    return path.isEmpty() ? place : place.tensor(String.join(MsgpackTree.SEPARATOR, path));
  }

  /** The path as a name; adds to the total length of names. */
  private String name() throws CheckpointException {
    namesBytes += pathBytes;
    if (namesBytes > MAX_NAMES_BYTES) {
      throw place.error("expected names of at most " + MAX_NAMES_BYTES + " bytes in all, got more");
    }
    int max = inChunks ? 2 * Limits.MAX_TENSORS : Limits.MAX_TENSORS; // chunks join to one array
    if (tensors.size() + texts.size() >= max) {
      throw place.error("expected at most " + Limits.MAX_TENSORS + " tensors, got more");
    }
    return String.join(MsgpackTree.SEPARATOR, path);
  }

  /**
   * Reads a value.
   *
   * @return whether it is one tensor
   */
  private boolean value() throws IOException {
    Kind kind = in.next(this::here);
    switch (kind) {
      case MAP -> {
        return map(in.number());
      }
      case ARRAY -> {
        list(in.number());
        return false;
      }
      case EXTENSION -> tensors.add(new Tensor(name(), extension()));
      case BOOLEAN ->
          tensors.add(new Tensor(name(), Array.scalar((double) in.number(), DType.BOOL)));
      case INTEGER -> tensors.add(new Tensor(name(), integer(in.number())));
      case FLOAT -> tensors.add(new Tensor(name(), Array.scalar(in.fraction(), DType.FLOAT32)));
      case STRING -> {
        String name = name();
        if (texts.put(name, in.text(this::here)) != null) {
          throw here().error("is given twice");
        }
        return false;
      }
      case BINARY -> throw here().error("expected an array or a map, got binary data");
      case NIL -> {
        return false;
      }
    }
    return true;
  }

  private static Array integer(long value) {
    if ((int) value == value) {
      return Array.scalar((double) value, DType.INT32);
    }
    MemorySegment element = MemorySegment.ofArray(new byte[Long.BYTES]);
    element.set(LITTLE_LONG, 0, value);
    return Array.of(element, DType.INT64);
  }

  /** Reads the value of a key. */
  private boolean value(String key) throws IOException {
    long outerBytes = pathBytes;
    int outerLevels = levels;
    pathBytes += Limits.utf8Bytes(key) + (path.isEmpty() ? 0 : 1);
    levels += Limits.levels(key);
    path.add(key);
    if (levels > Limits.MAX_LEVELS) {
      throw here()
          .error("expected at most " + Limits.MAX_LEVELS + " levels of maps and lists, got more");
    }
    if (pathBytes > Limits.MAX_NAME_BYTES) {
      Limits.checkNameBytes(here(), pathBytes);
    }
    boolean isTensor = value();
    path.removeLast();
    levels = outerLevels;
    pathBytes = outerBytes;
    return isTensor;
  }

  private boolean map(long entries) throws IOException {
    in.requireLeft(this::here, "a map", entries, "entries", 2);
    boolean outerChunks = inChunks;
    int first = tensors.size();
    Set<String> keys = new HashSet<>();
    boolean isBox = false;
    for (long i = 0; i < entries; i++) {
      String key = key();
      if (!keys.add(key)) {
        throw here().error("the key " + FileLocation.quoted(key) + " is given twice");
      }
      inChunks |= key.equals(CHUNKED);
      isBox = value(key) && entries == 1 && key.equals(BOX);
    }
    inChunks = outerChunks;
    boolean isChunked = keys.contains(CHUNKED);
    if (isChunked) {
      List<Tensor> parts = tensors.subList(first, tensors.size());
      Array whole = MsgpackChunks.of(here(), keys, relative(parts));
      parts.clear();
      tensors.add(new Tensor(name(), whole));
    } else if (isBox && !keepBoxes && !path.isEmpty()) {
      tensors.add(new Tensor(name(), tensors.removeLast().array));
      return true;
    }
    return isChunked;
  }

  /** Tensors below the current path, by the remainder of their names. */
  private Map<String, Array> relative(List<Tensor> below) throws CheckpointException {
    int begin = path.isEmpty() ? 0 : String.join(MsgpackTree.SEPARATOR, path).length() + 1;
    var relative = new LinkedHashMap<String, Array>();
    for (Tensor tensor : below) {
      if (relative.put(tensor.name.substring(begin), tensor.array) != null) {
        throw place.tensor(tensor.name).error("is given twice");
      }
    }
    return relative;
  }

  private String key() throws IOException {
    Kind kind = in.next(this::here);
    if (kind == Kind.INTEGER) {
      return Long.toString(in.number());
    }
    if (kind != Kind.STRING) {
      throw here().error("expected a key that is a string or an integer, got " + kind);
    }
    if (in.number() > Limits.MAX_NAME_BYTES) {
      Limits.checkNameBytes(here(), in.number());
    }
    return in.text(this::here);
  }

  private void list(long entries) throws IOException {
    in.requireLeft(this::here, "a list", entries, "entries", 1);
    for (long i = 0; i < entries; i++) {
      value(Long.toString(i));
    }
  }

  private Array extension() throws IOException {
    int type = in.extension();
    long length = in.number();
    if (type == COMPLEX) {
      throw here().error("complex numbers are not supported");
    }
    if (type != NDARRAY && type != SCALAR) {
      throw here().error("expected extension type 1 (array) or 3 (scalar), got " + type);
    }
    in.requireLeft(this::here, "an array", length, "bytes", 1);
    long end = in.position() + length;
    long parts = expect(Kind.ARRAY, "an array's shape, dtype and elements");
    if (parts != 3) {
      throw here().error("expected an array's shape, dtype and elements, got " + parts + " parts");
    }
    int[] shape = shape();
    DType dtype = dtype();
    long bytes = expect(Kind.BINARY, "an array's elements");
    long expected = Elements.bytes(dtype, shape);
    if (bytes != expected) {
      throw here()
          .error(
              "expected %d bytes for %s of shape %s, got %d"
                  .formatted(expected, dtype, Arrays.toString(shape), bytes));
    }
    if (in.position() + bytes != end) {
      throw here().error("expected an array that fills its extension of " + length);
    }
    return in.array(bytes, dtype, shape);
  }

  private long expect(Kind expected, String words) throws IOException {
    Kind kind = in.next(this::here);
    if (kind != expected) {
      throw here().error("expected " + words + ", got " + kind);
    }
    return in.number();
  }

  private int[] shape() throws IOException {
    long axes = expect(Kind.ARRAY, "an array's shape");
    Limits.checkAxes(here(), (int) Math.min(axes, Integer.MAX_VALUE));
    long[] lengths = new long[(int) axes];
    for (int i = 0; i < axes; i++) {
      lengths[i] = expect(Kind.INTEGER, "the length of an axis");
    }
    return Elements.shape(here(), lengths);
  }

  private DType dtype() throws IOException {
    Kind kind = in.next(this::here);
    if (kind != Kind.STRING && kind != Kind.BINARY) {
      throw here().error("expected the name of an array's dtype, got " + kind);
    }
    String name = in.text(this::here);
    try {
      return DType.of(name);
    } catch (IllegalArgumentException e) {
      throw here()
          .error(
              "dtype "
                  + FileLocation.quoted(name)
                  + " is not supported, expected one of "
                  + String.join(", ", Arrays.stream(DType.values()).map(DType::toString).toList()),
              e);
    }
  }
}
