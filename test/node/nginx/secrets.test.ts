import { expect, it } from "vitest";
import { certificatesHash, secretLines } from "../../../node/nginx/secrets";
import { treeHash } from "../../../node/sync/tree-hash";
import { exampleEdge } from "../../example";

const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
const decoded = (word = ""): string => Buffer.from(word, "base64").toString();

/** Of the example's certificate that is to come by ACME. */
const standIn = { public: { certificate: pem("CC"), key: "KEY" } };

it("gives each certificate and list a line, and certificates line breaks where they lack", () => {
  const certificates = { ...standIn, main: { certificate: pem("AA") + pem("BB"), key: "KEY" } };
  const secrets = { certificates, passwords: { operators: "ann:hash" } };
  const [main, local, publicOne, people, end] = secretLines(exampleEdge().nginx, secrets).split("\n");
  const [, , chain, key] = main?.split(" ") ?? [];
  expect(decoded(chain)).toBe(`${pem("AA")}\n${pem("BB")}\n`);
  expect(decoded(key)).toBe("KEY\n");
  expect(local).toBe("FILES local /etc/ssl/local/fullchain.pem /etc/ssl/local/privkey.pem");
  expect(publicOne).toMatch(/^PLACEHOLDER public \S+ \S+$/);
  expect(people).toBe(`PASSWORDS operators ${Buffer.from("ann:hash\n").toString("base64")}`);
  expect(end).toBe("");
});

it("names the certificates by the files that a node makes of the lines, and nothing when there are none", () => {
  const { nginx } = exampleEdge();
  const certificates = { ...standIn, main: { certificate: pem("AA") + pem("BB"), key: "KEY" } };
  const secrets = { certificates, passwords: {} };
  const lines = secretLines(nginx, secrets).split("\n");
  const folders = { CERTIFICATE: "certificates", PLACEHOLDER: "placeholders" };
  const files = lines.flatMap((line) => {
    const [word = "", name, chain = "", key = ""] = line.split(" ");
    const folder = folders[word as keyof typeof folders];
    if (!folder) return [];
    return [
      [`${folder}/${name}/fullchain.pem`, Buffer.from(chain, "base64")],
      [`${folder}/${name}/privkey.pem`, Buffer.from(key, "base64")],
    ] as [string, Buffer][];
  });
  expect(files).toHaveLength(4);
  expect(certificatesHash(nginx, secrets)).toBe(treeHash(new Map(files)));
  expect(certificatesHash({ ...nginx, certificates: [] }, { certificates: {}, passwords: {} })).toBe("");
});
