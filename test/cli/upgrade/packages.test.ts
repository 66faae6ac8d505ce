import { expect, it } from "vitest";
import { parseUpgrades } from "../../../cli/upgrade/packages";

it("parseUpgrades reads what apt-get would install, a new dependency too", () => {
  const said = `nginx [1.26.3-3+deb13u1] (1.26.3-3+deb13u2 Debian:13/stable [amd64])
libssl3t64 (3.5.1-1 Debian-Security:13/stable-security [amd64]) []
Some words of apt's own
`;
  expect(parseUpgrades(said)).toEqual([
    { name: "nginx", from: "1.26.3-3+deb13u1", to: "1.26.3-3+deb13u2" },
    { name: "libssl3t64", from: "-", to: "3.5.1-1" },
  ]);
});
