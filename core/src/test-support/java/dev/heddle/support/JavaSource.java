package dev.heddle.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;

/** Compiles and runs Java code of the documentation in the JVM of the tests. */
public final class JavaSource {
  private JavaSource() {}

  /**
   * Compiles a source file on the tests' class path and runs its {@code void main()}.
   *
   * @param folder the directory of the source and the classes
   * @param type the name of the class with the method, and of the file
   * @param source a compact source file, or one with that class
   * @return the output of the program
   */
  public static String run(Path folder, String type, String source) throws Exception {
    String messages = compile(folder, type, source);
    if (!messages.isEmpty()) {
      throw new AssertionError(messages + "\n" + source);
    }
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      var constructor = loader.loadClass(type).getDeclaredConstructor();
      constructor.setAccessible(true);
      Method main = constructor.getDeclaringClass().getDeclaredMethod("main");
      main.setAccessible(true);
      main.invoke(constructor.newInstance());
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** Compiles a source file; returns the compiler's messages, or an empty string. */
  public static String compile(Path folder, String type, String source) {
    StringWriter messages = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      Path file = Files.writeString(folder.resolve(type + ".java"), source);
      List<String> options =
          List.of(
              "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
      var units = files.getJavaFileObjects(file);
      compiler.getTask(messages, files, null, options, null, units).call();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return messages.toString();
  }
}
