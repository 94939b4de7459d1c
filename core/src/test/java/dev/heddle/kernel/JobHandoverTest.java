package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fields by which a leader and a hand tell one another what they do. A leader writes {@code
 * over} and then reads {@code job}; a hand writes {@code job} and then reads {@code over}. Only as
 * volatile fields are the four in one order that both see, so that at least one sees the other;
 * else a hand could run a task whose call has returned. What a processor reorders shows too seldom
 * for a test that runs the two, so the modes of access are what is held here.
 */
class JobHandoverTest {
  @ParameterizedTest
  @CsvSource({"Job, over", "Job, broken", "Job, failure", "Hand, job", "Hand, owner"})
  void isOrderedForAllThreads(String type, String field) throws ReflectiveOperationException {
    Class<?> owner = Class.forName(Job.class.getPackageName() + "." + type);
    assertThat(Modifier.isVolatile(owner.getDeclaredField(field).getModifiers())).isTrue();
  }
}
