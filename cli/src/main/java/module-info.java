/** Heddle's command line; run through the launcher, not a library. */
module dev.heddle.cli {
  requires dev.heddle;
  requires dev.heddle.io;
  requires dev.heddle.models;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires static org.jspecify;

  uses dev.heddle.cli.Benchmark;
}
