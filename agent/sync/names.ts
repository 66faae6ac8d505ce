import { Refused } from "./refused";

/** Longest path, most files, most bytes of a part that an operator may publish. */
export const LIMITS = { path: 240, files: 2000, bytes: 16 * 1024 * 1024 } as const;

const COMPONENT = /^[A-Za-z0-9_][A-Za-z0-9._+@=,-]*$/;

/** What editors and package managers leave beside a file: not a part of the configuration. */
export const isIgnored = (name: string): boolean => /^\.|~$|^#.*#$|\.(swp|bak|tmp|dpkg-\w+)$/.test(name);

/**
 * @throws Refused when a path could lead out of its directory, or be read as anything but a name
 * @param what says whose path it is
 */
export function checkPath(path: string, what: string): void {
  const bad = path.split("/").find((name) => !COMPONENT.test(name));
  if (bad !== undefined)
    throw new Refused(
      `${what}: ${JSON.stringify(path)} has a name that is not taken (letters, digits and ._+@=,- only, no leading dot); rename it`,
    );
  if (path.length > LIMITS.path)
    throw new Refused(
      `${what}: ${JSON.stringify(path)} is longer than ${LIMITS.path} characters; shorten it`,
    );
}
