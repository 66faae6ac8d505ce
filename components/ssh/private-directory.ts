/** The first lines of a script that needs files which nobody else can read, and which are gone when it ends. */
export const IN_PRIVATE_DIRECTORY = [
  "set -eu",
  "umask 077",
  "directory=$(mktemp -d)",
  "trap 'rm -rf \"$directory\"' EXIT",
];
