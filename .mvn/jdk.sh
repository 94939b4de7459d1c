# Finds a JDK that Heddle can use; read by `heddle` and `mvnw` (POSIX sh).
#
# find_jdk NAME   sets $jdk to the home of a JDK 25 or newer: $HEDDLE_JAVA_HOME (nothing else, where it is set), else
#                 $JAVA_HOME, else the `java` on the PATH, else the oldest that will do in the usual places
#                 ($HEDDLE_JDK_PLACES, directories with a colon between them, where that is set).
#                 Where there is none: one line on standard error, beginning with NAME, and status 1.

jdk_needed=25

find_jdk() {
  jdk= jdk_major= jdk_other=
  if [ -n "${HEDDLE_JAVA_HOME-}" ]; then
    jdk_consider "$HEDDLE_JAVA_HOME"
    [ -z "$jdk" ] || return 0
    echo "$1: needs a JDK $jdk_needed or newer; HEDDLE_JAVA_HOME is ${jdk_other:-no JDK}: $HEDDLE_JAVA_HOME" >&2
    return 1
  fi
  if [ -n "${JAVA_HOME-}" ]; then
    jdk_consider "$JAVA_HOME"
    [ -z "$jdk" ] || return 0
  fi
  if jdk_java=$(command -v java); then
    while [ -h "$jdk_java" ]; do
      jdk_link=$(readlink "$jdk_java")
      case $jdk_link in
        /*) jdk_java=$jdk_link ;;
        *) jdk_java=${jdk_java%/*}/$jdk_link ;;
      esac
    done
    jdk_consider "${jdk_java%/bin/java}"
    [ -z "$jdk" ] || return 0
  fi
  jdk_places=/usr/lib/jvm:/usr/lib64/jvm:/usr/java:/usr/local/java:/opt:/opt/java:/opt/jdk
  if [ -n "${HOME-}" ]; then
    jdk_places=$jdk_places:$HOME/.sdkman/candidates/java:$HOME/.jdks:$HOME/.asdf/installs/java
    jdk_places=$jdk_places:$HOME/.local/share/mise/installs/java:$HOME/.gradle/jdks:$HOME/Library/Java/JavaVirtualMachines
  fi
  jdk_places=${HEDDLE_JDK_PLACES-$jdk_places:/Library/Java/JavaVirtualMachines:/opt/homebrew/opt}
  jdk_ifs=$IFS
  IFS=:
  for jdk_place in $jdk_places; do
    IFS=$jdk_ifs
    for jdk_home in "$jdk_place" "$jdk_place"/* "$jdk_place"/*/Contents/Home "$jdk_place"/*/libexec/openjdk.jdk/Contents/Home; do
      jdk_consider "$jdk_home"
    done
  done
  IFS=$jdk_ifs
  [ -z "$jdk" ] || return 0
  echo "$1: needs a JDK $jdk_needed or newer; found ${jdk_other:+only }${jdk_other:-none}; set HEDDLE_JAVA_HOME or install one" >&2
  return 1
}

# jdk_consider HOME   takes it where it will do and is older than what was found; else remembers it for the message.
jdk_consider() {
  [ -r "$1/release" ] && [ -x "$1/bin/java" ] || return 0
  jdk_version=
  while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
    case $jdk_line in
      JAVA_VERSION=*) jdk_version=${jdk_line#JAVA_VERSION=} ;;
    esac
  done < "$1/release"
  jdk_version=${jdk_version#\"}
  jdk_version=${jdk_version#1.} # 1.8 is 8
  jdk_version=${jdk_version%%[!0-9]*}
  [ -n "$jdk_version" ] || return 0
  if [ ! -x "$1/bin/javac" ]; then
    jdk_other=${jdk_other:-a JRE $jdk_version at $1}
  elif [ "$jdk_version" -lt "$jdk_needed" ]; then
    jdk_other=${jdk_other:-$jdk_version at $1}
  elif [ -z "$jdk" ] || [ "$jdk_version" -lt "$jdk_major" ]; then
    jdk=$1
    jdk_major=$jdk_version
  fi
}
