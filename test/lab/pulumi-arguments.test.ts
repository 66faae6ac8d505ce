import { describe, expect, it } from "vitest";
import { labArguments } from "../../lab/pulumi-arguments";

const file = "/lab/Pulumi.lab-hosts.yaml";
const given = (...argv: string[]) => labArguments(argv, "lab-hosts", file);

describe("labArguments", () => {
  it("adds the lab's stack and configuration where the command takes them", () => {
    expect(given("preview", "--diff")).toEqual([
      "preview",
      "--diff",
      "--stack",
      "lab-hosts",
      "--config-file",
      file,
    ]);
    expect(given("stack", "output")).toEqual(["stack", "output", "--stack", "lab-hosts"]);
    expect(given("version")).toEqual(["version"]);
  });

  it("leaves what is given", () => {
    expect(given("up", "-s", "lab-aws", "--config-file", "x")).toEqual([
      "up",
      "-s",
      "lab-aws",
      "--config-file",
      "x",
    ]);
  });

  it.each([
    [["up", "-s", "prod"]],
    [["up", "--stack", "prod"]],
    [["up", "--stack=prod"]],
    [["up", "-sprod"]],
    [["up", "--stack", "org/nginx-ha/prod"]],
    [["stack", "init", "prod"]],
    [["stack", "select", "prod"]],
    [["stack", "rm", "prod", "--yes"]],
  ])("refuses %j and names plain pulumi", (argv) => {
    expect(() => given(...argv)).toThrow(`For prod, run plain pulumi: pulumi ${argv.join(" ")}`);
  });
});
