import { describe, expect, it } from "vitest";
import { edge } from "./subject";

const www = "https://www.example.org";

// Each on a path of its own; the rate's key is the client's address, so the pauses between them are long enough.
describe("limits", () => {
  it("take the rate and its burst, and not one more, with Retry-After", async () => {
    expect(await edge.atOnce(12, `${www}/paced/`)).toEqual({ 200: 5, 429: 7 });
    expect(await edge.get(`${www}/paced/`)).toMatchObject({ status: 429, headers: { "retry-after": "10" } });
  });

  it("are looked at before nginx answers by itself, too", async () => {
    expect((await edge.get(`${www}/paced-text`)).status, "the same key has just used it up").toBe(429);
  });

  it("in a dry run refuse nothing, and say what they would", async () => {
    expect(await edge.atOnce(12, `${www}/logged/`)).toEqual({ 200: 12 });
    const holder = await edge.pair.holder();
    expect(await edge.pair.succeed(holder, "grep -c 'dry run' /var/log/nginx/error.log")).not.toBe("0");
  });

  it("count each key for itself, and requests without one not at all", async () => {
    const key = (name: string) => ["--header", `X-Api-Key: ${name}`];
    expect(await edge.atOnce(4, `${www}/by-key/`, ...key("a"))).toEqual({ 200: 1, 429: 3 });
    expect(await edge.atOnce(4, `${www}/by-key/`, ...key("b"))).toEqual({ 200: 1, 429: 3 });
    expect(await edge.atOnce(8, `${www}/by-key/`)).toEqual({ 200: 8 });
  });

  it("let addresses of the allow-list pass", async () => {
    expect(await edge.atOnce(8, `${www}/free/`)).toEqual({ 200: 8 });
  });

  it("of connections serve as many as they say at a time", async () => {
    const told = ["--write-out", "%{http_code}/%header{retry-after}\\n"];
    expect(await edge.atOnce(6, `${www}/few/`, ...told)).toEqual({ "200/": 3, "429/1": 3 });
  });
});
