import { expect, it } from "vitest";
import { certificatesHash, secretLines } from "../../../node/nginx/secrets";
import { treeHash } from "../../../node/sync/tree-hash";
import { exampleEdge } from "../../example";

const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
const decoded = (word = ""): string => Buffer.from(word, "base64").toString();

it("gives each certificate and list a line, and certificates line breaks where they lack", () => {
  const certificates = { main: { certificate: pem("AA") + pem("BB"), key: "KEY" } };
  const secrets = { certificates, passwords: { operators: "ann:hash" } };
  const [main, local, people, end] = secretLines(exampleEdge().nginx, secrets).split("\n");
  const [, , chain, key] = main?.split(" ") ?? [];
  expect(decoded(chain)).toBe(`${pem("AA")}\n${pem("BB")}\n`);
  expect(decoded(key)).toBe("KEY\n");
  expect(local).toBe("FILES local /etc/ssl/local/fullchain.pem /etc/ssl/local/privkey.pem");
  expect(people).toBe(`PASSWORDS operators ${Buffer.from("ann:hash\n").toString("base64")}`);
  expect(end).toBe("");
});

it("names the certificates by the files that a node makes of the lines, and nothing when there are none", () => {
  const { nginx } = exampleEdge();
  const certificates = { main: { certificate: pem("AA") + pem("BB"), key: "KEY" } };
  const secrets = { certificates, passwords: {} };
  const [, name, chain, key] = secretLines(nginx, secrets).split("\n")[0]?.split(" ") ?? [];
  const files = new Map([
    [`certificates/${name}/fullchain.pem`, Buffer.from(chain ?? "", "base64")],
    [`certificates/${name}/privkey.pem`, Buffer.from(key ?? "", "base64")],
  ]);
  expect(certificatesHash(nginx, secrets)).toBe(treeHash(files));
  expect(certificatesHash({ ...nginx, certificates: [] }, { certificates: {}, passwords: {} })).toBe("");
});
