import { expect, it } from "vitest";
import { secretLines } from "../../../node/nginx/secrets";
import { exampleEdge } from "../../example";

const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
const decoded = (word = ""): string => Buffer.from(word, "base64").toString();

it("gives each certificate, list and seed a line, and certificates line breaks where they lack", () => {
  const certificates = { main: { certificate: pem("AA") + pem("BB"), key: "KEY" } };
  const secrets = { certificates, passwords: { operators: "ann:hash" }, tickets: "20000 abcd\n" };
  const [main, local, people, tickets, end] = secretLines(exampleEdge().nginx, secrets).split("\n");
  const [, , chain, key] = main?.split(" ") ?? [];
  expect(decoded(chain)).toBe(`${pem("AA")}\n${pem("BB")}\n`);
  expect(decoded(key)).toBe("KEY\n");
  expect(local).toBe("FILES local /etc/ssl/local/fullchain.pem /etc/ssl/local/privkey.pem");
  expect(people).toBe(`PASSWORDS operators ${Buffer.from("ann:hash\n").toString("base64")}`);
  expect(tickets).toBe("TICKETS 20000 abcd");
  expect(end).toBe("");
});
