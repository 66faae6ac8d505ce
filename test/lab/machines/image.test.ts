import { expect, test } from "vitest";
import { imageName, usableImage } from "../../../lab/machines/image-cache";
import { parseMirror, sources } from "../../../lab/machines/mirror";
import { nodeImageCommand, recipeHash } from "../../../lab/machines/recipe";

const DAY_MS = 86_400_000;
const now = new Date("2026-06-30T12:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);

test("the newest image of today's recipe is used", () => {
  const names = [3, 1, 2].map((days) => imageName("trixie", "node", daysAgo(days)));
  expect(usableImage(names, "trixie", "node", now)).toBe(names[1]);
});

test("an image that is too old, of another recipe, another release or half-built is not used", () => {
  const names = [
    imageName("trixie", "node", daysAgo(15)),
    imageName("bookworm", "node", daysAgo(1)),
    imageName("trixie", "site", daysAgo(1)),
    `trixie-node-00000000-${now.getTime() / 1000}`,
    ".building-trixie-node",
  ];
  expect(usableImage(names, "trixie", "node", now)).toBeUndefined();
});

test("images of different kinds and releases have different recipes", () => {
  const hashes = [recipeHash("trixie", "node"), recipeHash("trixie", "site"), recipeHash("bookworm", "node")];
  expect(new Set(hashes).size).toBe(3);
});

test("the mirror of a Debian host's apt is used, for any release", () => {
  const mirror = parseMirror(
    [
      "Debian bookworm main http://mirror.example/debian/",
      "Debian bookworm-updates main http://mirror.example/debian/",
      "Debian bookworm-security main http://mirror.example/security/",
      "Somebody stable main https://packages.example/",
    ].join("\n"),
  );
  expect(sources("trixie", mirror)).toEqual([
    "deb http://mirror.example/debian/ trixie main",
    "deb http://mirror.example/debian/ trixie-updates main",
    "deb http://mirror.example/security/ trixie-security main",
  ]);
});

test("on another system mmdebstrap uses its default mirror", () => {
  expect(parseMirror("Ubuntu noble main http://mirror.example/ubuntu/\n")).toBeUndefined();
  expect(nodeImageCommand("trixie", "node", "/root-directory", undefined).at(-1)).toBe("/root-directory");
});

test("a package proxy of the host is the machines' as well", () => {
  const command = nodeImageCommand("trixie", "node", "/r", undefined, "http://proxy.example:3142");
  expect(command).toContain('--aptopt=Acquire::http::Proxy "http://proxy.example:3142"');
});
