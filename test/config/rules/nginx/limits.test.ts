import { expect, it } from "vitest";
import { type Nginx, nginxProblems } from "../../problems";

it.each<[string, (nginx: Nginx) => unknown, string]>([
  [
    "a limit that is not there",
    (n) => {
      n.sites[0].rateLimits[0].limit = "other";
    },
    'sites[0].rateLimits[0].limit: must name one of nginx.rateLimits: per-address (is "other")',
  ],
  [
    "a connection limit that is not there",
    (n) => {
      n.sites[0].connectionLimits = ["other"];
    },
    'sites[0].connectionLimits[0]: must name one of nginx.connectionLimits: at-a-time (is "other")',
  ],
  [
    "a rate without a unit",
    (n) => {
      n.rateLimits[0].rate = "10";
    },
    'rateLimits[0].rate: must be requests per second or minute, e.g. 10r/s (is "10")',
  ],
])("a limit is refused: %s", (_title, change, expected) => {
  expect(nginxProblems(change)).toEqual([expected]);
});
