package com.example;

import dev.heddle.array.Array;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.models.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Runs README's layer with parameters that went through a file. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException {
    Array x = Array.of(new float[] {1, 0, 0, 2, 0, 1, 0, 1, 0, 0, 1, 0}, 1, 3, 4);
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).build();
    Path file = Files.createTempDirectory("heddle").resolve("weights.msgpack");
    CheckpointFile.write(file, Checkpoint.of(attention.init(Rngs.of(0), x).flatten()));
    Variables variables = Variables.of(CheckpointFile.read(file).tensors());
    Array y = attention.apply(variables, x);
    System.out.println(Arrays.toString(y.get(0, 2).toFloatArray()));
    System.out.println(ByteTokenizer.encode("heddle").size() + " tokens");
  }
}
