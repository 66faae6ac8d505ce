import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { script } from "../../node/scripts";
import { assignments, quoted } from "../../node/shell";

const bash = (input: string): string => execFileSync("bash", ["-s"], { input, encoding: "utf8" });

describe("quoted", () => {
  it.each([
    "plain",
    "with space",
    "it's",
    '$HOME `id` \\ "',
    "two\nlines",
  ])("%j reaches the shell as it is", (word) => {
    expect(bash(`printf %s ${quoted(word)}`)).toBe(word);
  });
});

describe("assignments", () => {
  it("is read by the shell as it was written", () => {
    expect(bash(`${assignments({ A: "x'y", B: 3 })}echo "$A|$B"`)).toBe("x'y|3\n");
  });
});

describe("script", () => {
  it("is read to its end before it runs, so that the input is left for it", () => {
    const text = script("preflight", {}, "");
    expect(
      bash(`${text.replace(/\{[\s\S]*\n\}\n$/, '{\nread -r line; echo "got $line"\nexit 0\n}\n')}payload\n`),
    ).toBe("got payload\n");
  });
});
