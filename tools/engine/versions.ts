/** The release that we download or build; the same as `@pulumi/pulumi` in package.json and the Go modules. */
export const ENGINE_VERSION = "3.259.0";

/** The oldest release on PATH that will do. */
export const OLDEST_VERSION = "3.229.0";

const BELOW: Triple = [4, 0, 0];

type Triple = readonly [number, number, number];

/** The release number in the text of `pulumi version`, or undefined. */
export function readVersion(text: string): string | undefined {
  return /^v?(\d+\.\d+\.\d+)(?:[-+]\S*)?$/m.exec(text.trim())?.[1];
}

/** Why the engine that printed this text will not do, or undefined when it will. */
export function engineFault(text: string): string | undefined {
  const version = readVersion(text);
  if (version === undefined) return `does not say its version (it printed "${firstLine(text)}")`;
  const found = triple(version);
  if (compare(found, triple(OLDEST_VERSION)) >= 0 && compare(found, BELOW) < 0) return undefined;
  return `is version ${version}; ${OLDEST_VERSION} or newer, below ${BELOW.join(".")}, is needed`;
}

/** Why Go of this version cannot build a module that asks for `wanted`, or undefined when it can. */
export function goFault(found: string, toolchain: string, wanted: string): string | undefined {
  const match = /^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(found);
  if (!match) return `does not say its version (it printed "${firstLine(found)}")`;
  const have: Triple = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (compare(have, triple(wanted)) >= 0) return undefined;
  // Since 1.21 Go fetches the toolchain that a module asks for, unless it is told not to.
  if (compare(have, [1, 21, 0]) >= 0 && toolchain.includes("auto")) return undefined;
  return `is version ${have.join(".")}; ${wanted} or newer is needed`;
}

/** The Go version that a go.mod asks for. */
export function goWanted(goMod: string): string {
  return /^go (\S+)$/m.exec(goMod)?.[1] ?? "1.0";
}

function triple(version: string): Triple {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return [major, minor, patch];
}

function compare(a: Triple, b: Triple): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0]?.slice(0, 80) ?? "";
}
