package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/**
 * The JSON header of a safetensors file: the offsets of each tensor, checked against the file's
 * length.
 *
 * @param entries by name, in the header's order
 * @param metadata the strings under {@code __metadata__}
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
  /** Elements are written in decreasing order of their size, so that all of them are aligned. */
  static final int[] WIDE_TO_NARROW = {8, 4, 2, 1};

  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 8;

  /**
   * A tensor in the file.
   *
   * @param dtype the dtype of its elements
   * @param shape the lengths of its axes
   * @param begin the offset of its first byte, from the end of the header
   * @param end the offset after its last byte
   */
  record Entry(DType dtype, int[] shape, long begin, long end) {}

  /**
   * Reads and checks a header.
   *
   * @param bytes the header, UTF-8
   * @param length the number of bytes of elements that follow
   */
  static SafetensorsHeader parse(FileLocation place, ByteBuffer bytes, long length)
      throws CheckpointException {
    if (!bytes.hasRemaining() || bytes.get(0) != '{') {
      throw place.error("expected a header that starts with {");
    }
    var entries = new LinkedHashMap<String, Entry>();
    var metadata = new LinkedHashMap<String, String>();
    try (JsonText json = JsonText.open(place, bytes)) {
      json.next(JsonToken.START_OBJECT, "an object");
      boolean hasMetadata = false;
      for (String name = json.nextName(); name != null; name = json.in(place).nextName()) {
        if (name.equals(METADATA)) {
          if (hasMetadata) {
            throw place.error("header: " + METADATA + " is given twice");
          }
          hasMetadata = true;
          readMetadata(place, json, metadata);
          continue;
        }
        FileLocation here = place.tensor(name);
        Limits.checkCount(place, entries.size() + 1L);
        Limits.checkName(here, name);
        if (entries.put(name, readEntry(here, json)) != null) {
          throw here.error("is given twice");
        }
      }
      json.end();
    }
    checkOffsets(place, entries, length);
    return new SafetensorsHeader(entries, metadata);
  }

  private static void readMetadata(FileLocation place, JsonText json, Map<String, String> metadata)
      throws CheckpointException {
    FileLocation here = place.at("key", METADATA);
    json.next(JsonToken.START_OBJECT, "an object");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.next(JsonToken.VALUE_STRING, "a string for " + FileLocation.quoted(key));
      if (metadata.put(key, json.text()) != null) {
        throw here.error("the key " + FileLocation.quoted(key) + " is given twice");
      }
    }
  }

  private static Entry readEntry(FileLocation place, JsonText json) throws CheckpointException {
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    json.in(place).next(JsonToken.START_OBJECT, "an object with dtype, shape and data_offsets");
    for (String key = json.in(place).nextName(); key != null; key = json.in(place).nextName()) {
      switch (key) {
        case "dtype" -> {
          once(place, key, dtype);
          json.in(place).next(JsonToken.VALUE_STRING, "a string for \"dtype\"");
          dtype = json.text();
        }
        case "shape" -> {
          once(place, key, shape);
          shape = readNumbers(place, json, key);
        }
        case "data_offsets" -> {
          once(place, key, offsets);
          offsets = readNumbers(place, json, key);
        }
        default -> json.skip();
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw place.error(
          "the key "
              + (dtype == null ? "\"dtype\"" : shape == null ? "\"shape\"" : "\"data_offsets\"")
              + " is missing");
    }
    return entry(place, dtype, shape, offsets);
  }

  private static void once(FileLocation place, String key, @Nullable Object earlier)
      throws CheckpointException {
    if (earlier != null) {
      throw place.error("the key \"" + key + "\" is given twice");
    }
  }

  private static long[] readNumbers(FileLocation place, JsonText json, String key)
      throws CheckpointException {
    var numbers = new ArrayList<Long>();
    json.in(place).next(JsonToken.START_ARRAY, "a list of numbers for \"" + key + "\"");
    while (json.in(place).next() != JsonToken.END_ARRAY) {
      long number = json.integer();
      if (number < 0) {
        throw place.error("expected numbers of 0 or more for \"" + key + "\", got " + json.found());
      }
      if (numbers.size() == Limits.MAX_AXES) {
        throw place.error("expected at most " + Limits.MAX_AXES + " numbers for \"" + key + "\"");
      }
      numbers.add(number);
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private static Entry entry(FileLocation place, String dtypeName, long[] lengths, long[] offsets)
      throws CheckpointException {
    DType dtype = dtype(place, dtypeName);
    int[] shape = Elements.shape(place, lengths);
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw place.error(
          "data_offsets: expected a begin and an end not before it, got "
              + Arrays.toString(offsets));
    }
    long expected = Elements.bytes(dtype, shape);
    if (offsets[1] - offsets[0] != expected) {
      throw place.error(
          "data_offsets: expected "
              + expected
              + " bytes for "
              + dtypeName
              + " of shape "
              + Arrays.toString(shape)
              + ", got "
              + (offsets[1] - offsets[0]));
    }
    return new Entry(dtype, shape, offsets[0], offsets[1]);
  }

  private static DType dtype(FileLocation place, String name) throws CheckpointException {
    for (DType dtype : DType.values()) {
      if (Safetensors.name(dtype).equals(name)) {
        return dtype;
      }
    }
    throw place.error(
        "dtype "
            + FileLocation.quoted(name)
            + " is not supported, expected one of "
            + Arrays.stream(DType.values())
                .map(Safetensors::name)
                .collect(Collectors.joining(", ")));
  }

  /** Checks that every byte belongs to exactly one tensor. */
  private static void checkOffsets(FileLocation place, Map<String, Entry> entries, long length)
      throws CheckpointException {
    List<Map.Entry<String, Entry>> byPlace = new ArrayList<>(entries.entrySet());
    byPlace.sort(
        Comparator.<Map.Entry<String, Entry>>comparingLong(e -> e.getValue().begin)
            .thenComparingLong(e -> e.getValue().end));
    long at = 0;
    for (Map.Entry<String, Entry> each : byPlace) {
      Entry entry = each.getValue();
      if (entry.begin != at || entry.end > length) {
        String where =
            "data_offsets: expected [" + at + ", ...] within " + length + " bytes, got [";
        String why =
            entry.end > length
                ? "ends past the end: truncated or corrupt"
                : entry.begin < at ? "overlaps the tensor before it" : "leaves a gap before it";
        throw place
            .tensor(each.getKey())
            .error(where + entry.begin + ", " + entry.end + "], which " + why);
      }
      at = entry.end;
    }
    if (at != length) {
      throw place.error("expected " + at + " bytes of elements after the header, got " + length);
    }
  }

  /** Assigns the offsets; sorts the metadata. */
  static SafetensorsHeader layOut(
      FileLocation place, Map<String, Array> tensors, Map<String, String> metadata)
      throws CheckpointException {
    if (tensors.containsKey(METADATA)) {
      throw place.tensor(METADATA).error("is a reserved name in safetensors");
    }
    for (Map.Entry<String, String> text : metadata.entrySet()) {
      FileLocation here = place.at("metadata", text.getKey());
      Limits.checkUnicode(here, "a key", text.getKey());
      Limits.checkUnicode(here, "a string", text.getValue());
    }
    var entries = new LinkedHashMap<String, Entry>();
    tensors.forEach((name, tensor) ->
        entries.put(name, new Entry(tensor.dtype(), tensor.shape().dims(), 0, 0)));
    long at = 0;
    for (int itemSize : WIDE_TO_NARROW) {
      for (Map.Entry<String, Entry> each : entries.entrySet()) {
        Entry entry = each.getValue();
        if (entry.dtype.itemSize() == itemSize) {
          long end = at + Elements.bytes(entry.dtype, entry.shape);
          each.setValue(new Entry(entry.dtype, entry.shape, at, end));
          at = end;
        }
      }
    }
    return new SafetensorsHeader(entries, new TreeMap<>(metadata));
  }

  /** The JSON text, UTF-8, with spaces at the end. */
  byte[] toBytes() {
    var parts = new ArrayList<String>();
    if (!metadata.isEmpty()) {
      parts.add(
          metadata.entrySet().stream()
              .map(e -> JsonText.quote(e.getKey()) + ":" + JsonText.quote(e.getValue()))
              .collect(Collectors.joining(",", "\"" + METADATA + "\":{", "}")));
    }
    entries.forEach((name, entry) ->
        parts.add(
            JsonText.quote(name)
                + ":{\"dtype\":\""
                + Safetensors.name(entry.dtype)
                + "\",\"shape\":"
                + Arrays.toString(entry.shape).replace(" ", "")
                + ",\"data_offsets\":["
                + entry.begin
                + ","
                + entry.end
                + "]}"));
    byte[] text = ("{" + String.join(",", parts) + "}").getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, ALIGNMENT) * ALIGNMENT);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return padded;
  }
}
