package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fields by which a region's caller and a worker slot synchronize. The caller writes {@code
 * closed} and then reads {@code region}; a slot writes {@code region} and then reads {@code
 * closed}. Only for volatile fields is there one total order of the four accesses, so that at least
 * one of the two sees the other's write; otherwise a slot could run a task whose call has returned.
 * A stress test would detect a reordering too rarely, so this test checks the access modes.
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
