/** The forms that Debian's crypt and nginx read, and that are no plain text: bcrypt, SHA-crypt, Apache's MD5, SSHA. */
const entry =
  /^[^:\s]+:(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}|\$[56]\$[^:\s]+|\$apr1\$[^:\s]+|\{SSHA\}[A-Za-z0-9+/=]+)$/;

/** What is wrong with a list of names and hashed passwords; never with anything of it. */
export function passwordProblems(list: string): string[] {
  const lines = list.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0) return ["must have at least one line, NAME:HASH, as htpasswd -B makes it"];
  return lines.flatMap((line, index) =>
    entry.test(line) ? [] : [`line ${index + 1} must be NAME:HASH, as htpasswd -B makes it (not shown)`],
  );
}
