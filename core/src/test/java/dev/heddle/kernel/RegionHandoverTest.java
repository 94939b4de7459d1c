package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fields by which a leader and a worker slot tell one another what they do. A leader writes
 * {@code closed} and then reads {@code region}; a slot writes {@code region} and then reads {@code
 * over}. Only as volatile fields are the four in one order that both see, so that at least one sees
 * the other; else a slot could run a task whose call has returned. What a processor reorders shows
 * too seldom for a test that runs the two, so the modes of access are what is held here.
 */
class RegionHandoverTest {
  @ParameterizedTest
  @CsvSource({
    "ParallelRegion, closed",
    "ParallelRegion, broken",
    "ParallelRegion, failure",
    "WorkerSlot, region",
    "WorkerSlot, owner"
  })
  void isOrderedForAllThreads(String type, String field) throws ReflectiveOperationException {
    Class<?> owner = Class.forName(ParallelRegion.class.getPackageName() + "." + type);
    assertThat(Modifier.isVolatile(owner.getDeclaredField(field).getModifiers())).isTrue();
  }
}
