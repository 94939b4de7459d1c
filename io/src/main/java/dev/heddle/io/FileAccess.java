package dev.heddle.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The permissions, owner and group of a file, which are transferred to the file that replaces it.
 *
 * @param replaced the attributes of the file that is replaced; null if there is none, or the system
 *     has no such attributes
 */
record FileAccess(@Nullable PosixFileAttributes replaced) {
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private static final Set<PosixFilePermission> WRITE =
      EnumSet.of(
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_WRITE);

  /**
   * The attributes of a file.
   *
   * @throws CheckpointException if it is write-protected: this user may not write to it, or, for a
   *     privileged user, its permissions allow no user to
   */
  static FileAccess of(FileLocation place, Path target) throws IOException {
    if (!Files.exists(target)) {
      return new FileAccess(null);
    }
    PosixFileAttributeView view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
    PosixFileAttributes found = view == null ? null : view.readAttributes();
    boolean writable = found == null || found.permissions().stream().anyMatch(WRITE::contains);
    if (!writable || !Files.isWritable(target)) {
      throw place.error(
          "is write-protected"
              + (found == null
                  ? ""
                  : ": its permissions are " + PosixFilePermissions.toString(found.permissions())));
    }
    return new FileAccess(found);
  }

  /** Creates an empty file, readable only by its owner where it will replace another one. */
  void create(Path file) throws IOException {
    if (replaced == null) {
      Files.createFile(file);
    } else {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
    }
  }

  /** Makes a file that will replace another one readable only by its owner. */
  void protect(Path file) throws IOException {
    if (replaced != null) {
      Files.setPosixFilePermissions(file, OWNER);
    }
  }

  /** Sets a file's owner, group and permissions to those of the file that it will replace. */
  void apply(Path file) throws IOException {
    if (replaced == null) {
      return;
    }
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    PosixFileAttributes present = view.readAttributes();
    boolean sameGroup = setGroup(view, present.group(), replaced.group());
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(replaced.permissions());
    if (!sameGroup) { // the other group's permissions are not granted to this one
      keepIf(permissions, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
      keepIf(permissions, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
      keepIf(permissions, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
    }
    view.setPermissions(permissions);
    if (!present.owner().equals(replaced.owner())) {
      try {
        view.setOwner(replaced.owner());
      } catch (IOException e) {
        return; // only a privileged user may change the owner
      }
    }
  }

  private static boolean setGroup(
      PosixFileAttributeView view, GroupPrincipal present, GroupPrincipal wanted) {
    if (present.equals(wanted)) {
      return true;
    }
    try {
      view.setGroup(wanted);
      return true;
    } catch (IOException e) {
      return false; // this user is not a member of the group
    }
  }

  private static void keepIf(
      Set<PosixFilePermission> permissions,
      PosixFilePermission permission,
      PosixFilePermission condition) {
    if (!permissions.contains(condition)) {
      permissions.remove(permission);
    }
  }
}
