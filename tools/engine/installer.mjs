// Fetches the official Pulumi release, of the SDK's own version, with the Automation API's installer.
//
//   node installer.mjs ROOT
//
// Exit 0: ROOT/bin holds the programs. Otherwise the last line on standard error says why not.
// Must lead a process group: that is killed whole when standard input closes.

import { createRequire } from "node:module";

const SOURCE = "https://get.pulumi.com/install.sh";
const ANSWER_WITHIN = 8_000;

process.stdin.resume();
process.stdin.on("end", () => process.kill(0, "SIGKILL"));

try {
  // The installer would wait two minutes for a network that swallows packets.
  await fetch(SOURCE, { method: "HEAD", signal: AbortSignal.timeout(ANSWER_WITHIN) });
  const { PulumiCommand } = createRequire(import.meta.url)("@pulumi/pulumi/automation/cmd");
  await PulumiCommand.install({ root: process.argv[2] });
  process.exit(0);
} catch (error) {
  const cause = error.cause?.code ?? error.cause?.message;
  console.error(`${error.message.trim()}${cause ? ` (${cause})` : ""}`);
  process.exit(1);
}
