/** Whole models made of Linen modules. */
module dev.heddle.models {
  requires transitive dev.heddle;
  requires dev.heddle.io;
  requires static org.jspecify;

  exports dev.heddle.models;
}
