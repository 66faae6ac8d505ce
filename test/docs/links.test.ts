import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const root = join(__dirname, "../..");
const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: root })];

/** A page without what it shows of terminals and files. */
const textOf = (page: string): string =>
  readFileSync(join(root, page), "utf8").replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");

const readme = textOf("README.md");

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

/** The links of a page that lead nowhere in this repository. */
const deadLinksOf = (page: string): string[] =>
  [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path, anchor] = link.split("#");
      const target = path ? join(dirname(page), path) : page;
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });

it.each(pages)("%s links to what is there", (page) => {
  expect(deadLinksOf(page)).toEqual([]);
});

it.each(pages.slice(1))("a link in the README leads to %s", (page) => {
  expect(readme).toMatch(new RegExp(`\\]\\(${page}[)#]`));
});

it("the README's map names folders and files that are there", () => {
  const rows = [...readme.matchAll(/^\| `([\w/-]+)\/` \| (.+) \|$/gm)];
  expect(rows.length).toBeGreaterThan(10);
  const missing = rows.flatMap(([, folder = "", text = ""]) =>
    [...text.matchAll(/`([\w/-]+\/|[\w-]+\.(?:md|ts))`/g)]
      .map(([, name = ""]) => join(folder, name))
      .filter((path) => !existsSync(join(root, path))),
  );
  expect(missing).toEqual([]);
});
