import { expect, it } from "vitest";
import { engineEnvironment } from "../../../tools/engine/environment";

const places = { engine: { bin: "/e/bin" }, home: "/lab/home", stateDir: "/lab/state" };

it("puts the engine first on PATH and keeps state, plugins and passphrase to the lab", () => {
  expect(engineEnvironment({ ...places, base: { PATH: "/usr/bin:/bin", LANG: "C" } })).toEqual({
    LANG: "C",
    PATH: "/e/bin:/usr/bin:/bin",
    PULUMI_HOME: "/lab/home",
    PULUMI_BACKEND_URL: "file:///lab/state",
    PULUMI_CONFIG_PASSPHRASE: "lab",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  });
});

it.each([
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "PULUMI_STACK",
  "AWS_PROFILE",
  "AWS_SECRET_ACCESS_KEY",
  "SSH_AUTH_SOCK",
])("does not pass on %s", (name) => {
  expect(engineEnvironment({ ...places, base: { [name]: "x" } })).not.toHaveProperty(name);
});

it.each([
  ["PULUMI_HOME"],
  ["PULUMI_BACKEND_URL"],
  ["PULUMI_CONFIG_PASSPHRASE"],
])("overrules an inherited %s", (name) => {
  expect(engineEnvironment({ ...places, base: { [name]: "theirs" } })[name]).not.toBe("theirs");
});
