import type { Image } from "../model/state";

/** Debian's account on EC2 (wiki.debian.org/Cloud/AmazonEC2Image). */
const DEBIAN = "136693071363";

const IMAGES = {
  trixie: { version: "13", ids: ["ami-00000000000000013", "ami-00000000000000130"] },
  bookworm: { version: "12", ids: ["ami-00000000000000012", "ami-00000000000000120"] },
} as const;

/**
 * The images that the Region has: Debian's newest and the one before. Only the lab's release can be booted, so only
 * that is offered; both start from the same root.
 */
export function images(release: keyof typeof IMAGES): Image[] {
  const { ids, version } = IMAGES[release];
  return ids.map((id, index) => ({
    id,
    name: `debian-${version}-amd64-${index === 0 ? "latest" : "previous"}`,
    description: `Debian ${version} (${release})`,
    owner: DEBIAN,
    architecture: "x86_64",
    creationDate: `2026-0${2 - index}-01T00:00:00.000Z`,
    tags: {},
  }));
}
