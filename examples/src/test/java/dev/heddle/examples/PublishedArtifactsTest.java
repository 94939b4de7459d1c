package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Repository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** {@code install} and {@code deploy} publish exactly the artifacts of the bill of materials. */
class PublishedArtifactsTest {
  @Test
  void theModulesThatArePublishedAreThoseOfTheBillOfMaterials() throws Exception {
    List<String> published = new ArrayList<>();
    for (Path pom : poms()) {
      Document model = model(pom);
      String artifact = child(model.getDocumentElement(), "artifactId");
      boolean skipsDeploy = isTrue(model, "maven.deploy.skip");
      boolean skipsInstall = isTrue(model, "maven.install.skip");
      assertThat(skipsDeploy).as(artifact).isEqualTo(skipsInstall);
      if (!skipsDeploy) {
        published.add(artifact);
      }
    }
    NodeList versions = model(Path.of("bom/pom.xml")).getElementsByTagName("dependency");
    List<String> expected = new ArrayList<>(List.of("heddle-parent", "heddle-bom"));
    for (int i = 0; i < versions.getLength(); i++) {
      expected.add(child((Element) versions.item(i), "artifactId"));
    }
    assertThat(published).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void noModuleAttachesItsTests() throws Exception {
    for (Path pom : poms()) {
      NodeList goals = model(pom).getElementsByTagName("goal");
      for (int i = 0; i < goals.getLength(); i++) {
        assertThat(goals.item(i).getTextContent()).as(pom.toString()).isNotEqualTo("test-jar");
      }
    }
  }

  @Test
  void theBillOfMaterialsIsReleasedAsTheOthersAre() throws Exception {
    List<String> ids = profiles(Path.of("bom/pom.xml"));
    assertThat(ids).contains("release", "sign");
    assertThat(profiles(Path.of("pom.xml"))).containsAll(ids);
  }

  private static List<String> profiles(Path pom) throws Exception {
    NodeList profiles = model(pom).getElementsByTagName("profile");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < profiles.getLength(); i++) {
      ids.add(child((Element) profiles.item(i), "id"));
    }
    return ids;
  }

  /** Heddle's modules, without the consumers. */
  private static List<Path> poms() {
    try (Stream<Path> files = Repository.files().stream()) {
      return files
          .filter(file -> file.endsWith("pom.xml") && !file.startsWith("examples/consumers"))
          .toList();
    }
  }

  private static Document model(Path pom) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(Repository.root().resolve(pom).toFile());
  }

  private static boolean isTrue(Document model, String property) {
    NodeList found = model.getElementsByTagName(property);
    return found.getLength() == 1 && found.item(0).getTextContent().equals("true");
  }

  private static String child(Element parent, String name) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node.getNodeName().equals(name)) {
        return node.getTextContent();
      }
    }
    throw new AssertionError(parent + " has no " + name);
  }
}
