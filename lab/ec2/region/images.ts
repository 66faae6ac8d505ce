import type { Image } from "../model/state";

/** Debian's account on EC2 (wiki.debian.org/Cloud/AmazonEC2Image). */
const DEBIAN = "136693071363";

const IMAGES = {
  trixie: { version: "13", id: "ami-00000000000000013" },
  bookworm: { version: "12", id: "ami-00000000000000012" },
} as const;

/** The image that the Region has: only that of the lab's release can be booted, so only that is offered. */
export function images(release: keyof typeof IMAGES): Image[] {
  const { id, version } = IMAGES[release];
  return [
    {
      id,
      name: `debian-${version}-amd64-lab`,
      description: `Debian ${version} (${release})`,
      owner: DEBIAN,
      architecture: "x86_64",
      creationDate: "2026-01-01T00:00:00.000Z",
      tags: {},
    },
  ];
}
