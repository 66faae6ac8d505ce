import { expect, it } from "vitest";
import { type Nginx, nginxProblems } from "../../problems";

it.each<[string, (nginx: Nginx) => unknown, string]>([
  [
    "a hash of nothing",
    (n) => {
      delete n.pools[1].hashKey;
    },
    "pools[1].hashKey: is required with balance hash",
  ],
  [
    "a backup of a hash",
    (n) => {
      n.pools[1].servers[1].backup = true;
    },
    "pools[1].servers[1].backup: cannot go together with balance hash, which has no backups; take roundRobin or leastConn (is true)",
  ],
  [
    "backups only",
    (n) => {
      for (const server of n.pools[0].servers) server.backup = true;
    },
    "pools[0].servers: must have one that is no backup (is a list of 2)",
  ],
])("a pool is refused: %s", (_title, change, expected) => {
  expect(nginxProblems(change)).toEqual([expected]);
});
