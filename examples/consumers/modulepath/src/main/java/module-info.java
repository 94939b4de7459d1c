/** A program on the module path; dev.heddle.simd is found by service binding. */
module com.example {
  requires dev.heddle;
  requires dev.heddle.io;
  requires dev.heddle.models;
}
