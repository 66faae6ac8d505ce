import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Property values as they travel between engine and provider. Assets, archives and resource references stay
 * the plain objects that the wire carries: a stand-in passes them on, it never opens them.
 *
 * Source: pulumi 3.259.0, sdk/go/common/resource/{sig,plugin/rpc.go}.
 */
export type Value = null | boolean | number | string | Value[] | Values | Secret | Unknown;
export type Values = { [name: string]: Value };

/** A value that the engine encrypts in its state and hides in its output. */
export class Secret {
  constructor(readonly value: Exclude<Value, Secret>) {}
}

/** A value that is only known once something else has been created. */
export class Unknown {}
export const unknown = new Unknown();

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine has one marker for each type of unknown value. */
const unknownTexts = new Set([
  unknownText,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Marks a value secret, once. */
export function secret(value: Value): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

/** True for a value that has properties, and for nothing else. */
export function isValues(value: Value | undefined): value is Values {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown)
  );
}

/** The properties of a message; nulls are left out, as the original's framework does. */
export function decode(struct: Struct | undefined): Values {
  return struct === undefined ? {} : decodeValues(struct.toJavaScript());
}

function decodeValues(plain: { [name: string]: JavaScriptValue }): Values {
  const known = Object.entries(plain).filter(([, value]) => value !== null);
  return Object.fromEntries(known.map(([name, value]) => [name, decodeValue(value)]));
}

function decodeValue(plain: JavaScriptValue): Value {
  if (typeof plain === "string") return unknownTexts.has(plain) ? unknown : plain;
  if (Array.isArray(plain)) return plain.map(decodeValue);
  if (typeof plain !== "object" || plain === null) return plain;
  const object = plain as { [name: string]: JavaScriptValue };
  if (object[signature] === secretSignature) return secret(decodeValue(object.value ?? null));
  if (object[signature] !== outputSignature) return decodeValues(object);
  const value = "value" in object ? decodeValue(object.value ?? null) : unknown;
  return object.secret === true ? secret(value) : value;
}

/** The message of some properties. */
export function encode(values: Values): Struct {
  return Struct.fromJavaScript(encodeValues(values));
}

function encodeValues(values: Values): { [name: string]: JavaScriptValue } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeValue(value)]));
}

function encodeValue(value: Value): JavaScriptValue {
  if (value instanceof Unknown) return unknownText;
  if (value instanceof Secret) return { [signature]: secretSignature, value: encodeValue(value.value) };
  if (Array.isArray(value)) return value.map(encodeValue);
  return isValues(value) ? encodeValues(value) : value;
}
