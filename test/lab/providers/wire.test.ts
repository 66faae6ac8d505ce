import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { expect, test } from "vitest";
import { decode, encode, secret, unknown, type Values } from "../../../lab/providers/wire";

const signature = "4dabf18193072939515e22adb298388d";

test("values survive the way over the wire", () => {
  const values: Values = {
    text: "a",
    number: 1.5,
    list: [true, { deep: secret("b") }],
    hidden: secret({ inner: "c" }),
    later: unknown,
    hiddenLater: secret(unknown),
  };
  expect(decode(encode(values))).toEqual(values);
});

test("an asset stays the object that it is on the wire", () => {
  const asset = { [signature]: "c44067f5952c0a294b673a41bacd8c17", text: "a" };
  expect(encode(decode(Struct.fromJavaScript({ asset }))).toJavaScript()).toEqual({ asset });
});

test("output values become what they stand for, and nulls nothing", () => {
  const output = (rest: object) => ({ [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...rest });
  const plain = {
    known: output({ value: "a", dependencies: ["urn"] }),
    hidden: output({ value: "a", secret: true }),
    later: output({}),
    hiddenLater: output({ secret: true }),
    anyUnknown: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    nothing: null,
  };
  expect(decode(Struct.fromJavaScript(plain))).toEqual({
    known: "a",
    hidden: secret("a"),
    later: unknown,
    hiddenLater: secret(unknown),
    anyUnknown: unknown,
  });
});

test("a secret within a secret is one secret", () => {
  expect(secret(secret("a"))).toEqual(secret("a"));
});
