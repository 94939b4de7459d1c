package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.NamedTree.Branch;
import dev.heddle.array.NamedTree.Leaf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls of one init, for {@link Module#tabulate}. */
final class Tabulation {
  private final List<Row> rows = new ArrayList<>();

  /** One module's call. */
  static final class Row {
    private final ModulePath path;
    private final String type;
    private final String inputs;
    private String outputs = "";

    private Row(ModulePath path, String type, String inputs) {
      this.path = path;
      this.type = type;
      this.inputs = inputs;
    }

    void close(String described) {
      outputs = described;
    }
  }

  Row open(ModulePath path, Module<?, ?> module, String inputs) {
    Row row = new Row(path, module.typeName(), inputs);
    rows.add(row);
    return row;
  }

  /** The table: a line a call, a module's own tensors at its first one, and totals. */
  String table(Variables variables) {
    TextTable table =
        new TextTable(Set.of(5), "path", "module", "inputs", "outputs", "tensors", "size");
    List<ModulePath> listed = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Array> own = listed.contains(row.path) ? Map.of() : own(variables, row.path);
      listed.add(row.path);
      List<String> tensors = new ArrayList<>();
      own.forEach((name, array) -> tensors.add(name + " " + array.dtype() + array.shape()));
      long size = own.values().stream().mapToLong(Array::size).sum();
      table.row(
          row.path.path(),
          row.type,
          row.inputs,
          row.outputs,
          String.join(", ", tensors),
          own.isEmpty() ? "" : TextTable.number(size));
    }
    for (String collection : variables.collections()) {
      table.row(
          "total " + collection,
          "",
          "",
          "",
          "",
          TextTable.number(variables.collection(collection).size()));
    }
    return table.toString();
  }

  /** A module's tensors without those of its submodules; parameters by their bare names. */
  private static Map<String, Array> own(Variables variables, ModulePath module) {
    Map<String, Array> own = new LinkedHashMap<>();
    for (String collection : variables.collections()) {
      List<String> path = new ArrayList<>();
      path.add(collection);
      path.addAll(module.names());
      if (variables.root().at(path) instanceof Branch branch) {
        branch
            .children()
            .forEach((name, node) -> {
              if (node instanceof Leaf(Array array)) {
                own.put(collection.equals("params") ? name : collection + "/" + name, array);
              }
            });
      }
    }
    return own;
  }
}
