import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pruneCopies } from "../../../agent/sync/copies";

it.each<[string, { most: number; bytes: number }, number[], boolean[]]>([
  ["few and small ones", { most: 4, bytes: 100 }, [10, 10, 10], [true, true, true]],
  ["more than so many", { most: 2, bytes: 100 }, [10, 10, 10], [true, true, false]],
  ["more than so many bytes together", { most: 4, bytes: 25 }, [10, 10, 10], [true, true, false]],
  ["one that is too large alone", { most: 4, bytes: 25 }, [30, 1], [true, false]],
])("of %s those beyond the limit go, the newest stays", (_, limits, sizes, left) => {
  const root = mkdtempSync(join(tmpdir(), "nginx-ha-copies-"));
  try {
    const paths = sizes.map((size, index) => {
      mkdirSync(join(root, `${index}/parts`), { recursive: true });
      writeFileSync(join(root, `${index}/parts/x`), Buffer.alloc(size));
      return join(root, `${index}`);
    });
    pruneCopies(paths, limits);
    expect(paths.map((path) => existsSync(path))).toEqual(left);
  } finally {
    rmSync(root, { recursive: true });
  }
});
