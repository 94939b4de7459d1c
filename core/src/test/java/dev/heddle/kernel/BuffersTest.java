package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.SoftReference;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Workspace that calls borrow and return. */
class BuffersTest {
  @Test
  void returnedArraysAreReused() {
    float[] first = Buffers.borrow(70_001);
    assertThat(first).hasSizeGreaterThanOrEqualTo(70_001).hasSizeLessThan(70_001 * 5 / 4);
    Buffers.giveBack(first);
    assertThat(Buffers.borrow(70_001)).isSameAs(first);
    assertThat(Buffers.borrow(70_001)).isNotSameAs(first);
  }

  @Test
  void noMatrixIsLargerThanAnArray() {
    assertThat(Buffers.size(1 << 16, 1 << 14)).isEqualTo(1 << 30);
    assertThatThrownBy(() -> Buffers.size(20_000_000, 128))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("workspace: expected at most 2147483639 elements, got [20000000, 128]");
  }

  @Test
  void aPoolIsBoundedAndLendsNothingTwice() {
    SoftPool<Object> pool = new SoftPool<>(3);
    Object[] objects = IntStream.range(0, 5).mapToObj(i -> new Object()).toArray();
    for (Object object : objects) {
      pool.offer(new SoftReference<>(object));
    }
    Set<Object> polled = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 3; i++) {
      Object object = pool.poll();
      assertThat(object).isNotNull();
      assertThat(polled.add(object)).isTrue();
    }
    assertThat(pool.poll()).isNull();
    assertThat(objects).contains(polled.toArray());
  }

  @Test
  void collectedObjectsAreNotLent() {
    SoftPool<Object> pool = new SoftPool<>(2);
    SoftReference<Object> taken = new SoftReference<>(new Object());
    taken.clear();
    Object there = new Object();
    pool.offer(taken);
    pool.offer(new SoftReference<>(there));
    assertThat(pool.poll()).isSameAs(there);
  }

  @Test
  void threadsNeverHaveTheSameObject() {
    SoftPool<AtomicInteger> pool = new SoftPool<>(4);
    AtomicInteger shared = new AtomicInteger();
    Pools.with(
        4,
        () ->
            Workers.run(
                20_000,
                Long.MAX_VALUE,
                i -> {
                  AtomicInteger polled = pool.poll();
                  AtomicInteger users = polled != null ? polled : new AtomicInteger();
                  if (users.incrementAndGet() != 1) {
                    shared.incrementAndGet();
                  }
                  users.decrementAndGet();
                  pool.offer(new SoftReference<>(users));
                }));
    assertThat(shared).hasValue(0);
  }
}
