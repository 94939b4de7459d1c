package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that respond, are unavailable, exit, or hang; played by shell scripts. */
class ProcessEngineTest {
  /** Responds with its version, and to {@code load} with an existing file: 1 and -2. */
  private static final String LOADS =
      "printf 'ok\\tPeer 1\\n'; read question; "
          + "cp \"$MADE\" \"$OUT\"; printf 'ok\\tloaded\\n'; read question; ";

  @TempDir Path folder;

  @Test
  void aLineAsksAndALineAnswers() throws Exception {
    try (Engine engine = open(LOADS + "echo noise; printf 'ok\\t30 20 10\\n'; read question", 20)) {
      assertThat(engine.version()).isEqualTo("Peer 1");
      Outputs outputs = engine.load(problem());
      assertThat(outputs.tensors()).containsOnlyKeys("output");
      assertThat(outputs.tensors().get("output")).containsExactly(1, -2);
      assertThat(engine.time(3)).containsExactly(30, 20, 10);
    }
  }

  @Test
  void aLibraryThatDoesNotLoadIsTheReason() {
    assertThatThrownBy(() -> open("printf 'unavailable\\tNo module named flax\\n'", 20))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("No module named flax");
    assertThatThrownBy(() -> open("echo one >&2; echo the last >&2; exit 3", 20))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("its process ended, status 3: the last");
  }

  @Test
  void aProcessThatIsKilledIsNamedWithItsLastWords() throws Exception {
    try (Engine engine = open(LOADS + "kill -9 $$", 20)) {
      engine.load(problem());
      assertThatThrownBy(() -> engine.time(1))
          .isInstanceOf(IOException.class)
          .hasMessage("its process ended, status 137: no output");
    }
    String crash =
        "echo '#' >&2; echo '#  SIGSEGV (0xb) at pc=0x1' >&2; echo '# bye' >&2; exit 134";
    try (Engine engine = open(LOADS + crash, 20)) {
      engine.load(problem());
      assertThatThrownBy(() -> engine.time(1))
          .hasMessage("its process ended, status 134: SIGSEGV (0xb) at pc=0x1");
      assertThatThrownBy(() -> engine.time(1))
          .as("whoever asks again")
          .hasMessage("its process ended, status 134: SIGSEGV (0xb) at pc=0x1");
    }
  }

  @Test
  void aProcessThatHangsIsStopped() throws Exception {
    try (Engine engine = open(LOADS + "exec sleep 600", 1)) {
      engine.load(problem());
      assertThatThrownBy(() -> engine.time(1))
          .isInstanceOf(IOException.class)
          .hasMessage("no response in 1 seconds: its process was stopped");
    }
  }

  @Test
  void timesThatAreNoNumbersAreNoTimes() throws Exception {
    try (Engine engine = open(LOADS + "printf 'ok\\tsoon\\n'", 20)) {
      engine.load(problem());
      assertThatThrownBy(() -> engine.time(1))
          .isInstanceOf(IOException.class)
          .hasMessage("times: For input string: \"soon\"");
    }
  }

  private Engine open(String script, int timeout) throws IOException, UnavailableException {
    Path out = folder.resolve("peer.out");
    Path made = folder.resolve("made.npz");
    Outputs.of(new float[] {1, -2}).save(made);
    return ProcessEngine.open(
        "peer",
        List.of("/bin/sh", "-c", "OUT='%s'; MADE='%s'; %s".formatted(out, made, script)),
        folder,
        (problem, output) -> List.of(problem.row().label(), output.toString()),
        timeout);
  }

  private Problem problem() {
    return Problem.of(Row.TINY, DType.FLOAT32, folder);
  }
}
