import { createHash, createPublicKey } from "node:crypto";
import { utils } from "ssh2";
import { type Action, description, mutation } from "../action";
import { refuse } from "../error";
import { newId } from "../ids";
import { required, text } from "../parameters";
import { done, tagSet } from "../show";
import type { KeyPair, Region } from "../state";
import { tagSpecifications, tagsFor } from "../tags";

const importKey = mutation({
  parameters: {
    KeyName: required(text()),
    PublicKeyMaterial: required(text()),
    TagSpecification: tagSpecifications,
  },
  resources: () => [{ type: "key-pair", id: "*" }],
  run(region, { KeyName, PublicKeyMaterial, TagSpecification }, { now }) {
    if (byName(region, KeyName))
      refuse("InvalidKeyPair.Duplicate", `The keypair '${KeyName}' already exists.`);
    const publicKey = Buffer.from(PublicKeyMaterial, "base64").toString().trim();
    const id = newId(region, "key");
    const tags = tagsFor(TagSpecification, "key-pair");
    region.keyPairs[id] = { id, name: KeyName, publicKey, ...fingerprint(publicKey), created: now, tags };
    return {
      keyPairId: id,
      keyName: KeyName,
      keyFingerprint: region.keyPairs[id].fingerprint,
      tagSet: tagSet(tags),
    };
  },
});

/** MD5 of the DER form for an imported RSA key, SHA-256 for Ed25519 (EC2 User Guide, "Verify the fingerprint of your key pair"). */
function fingerprint(publicKey: string): Pick<KeyPair, "fingerprint" | "type"> {
  const key = utils.parseKey(publicKey);
  if (key instanceof Error)
    return refuse("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  if (key.type === "ssh-ed25519") {
    return { type: "ed25519", fingerprint: createHash("sha256").update(key.getPublicSSH()).digest("base64") };
  }
  if (key.type !== "ssh-rsa")
    return refuse("InvalidKey.Format", `Keys of type ${key.type} are not supported`);
  const der = createPublicKey(key.getPublicPEM()).export({ type: "spki", format: "der" });
  const digits = createHash("md5").update(der).digest("hex").match(/../g) ?? [];
  return { type: "rsa", fingerprint: digits.join(":") };
}

/** Deleting a key that is not there is no error (EC2 API Reference, DeleteKeyPair). */
const remove = mutation({
  parameters: { KeyName: text(), KeyPairId: text() },
  resources: (region, { KeyName, KeyPairId }) => [
    { type: "key-pair", id: KeyPairId ?? byName(region, KeyName)?.id ?? KeyName ?? "*" },
  ],
  run(region, { KeyName, KeyPairId }) {
    if (!KeyName && !KeyPairId)
      refuse("MissingParameter", "The request must contain the parameter KeyName or KeyPairId");
    const id = KeyPairId ?? byName(region, KeyName)?.id;
    if (id) delete region.keyPairs[id];
    return { ...done, keyPairId: id };
  },
});

function byName(region: Region, name: string | undefined): KeyPair | undefined {
  return Object.values(region.keyPairs).find((key) => key.name === name);
}

const describe = description<KeyPair>({
  set: "keySet",
  pages: false,
  items: (region) => Object.values(region.keyPairs),
  select: {
    KeyName: { of: ({ name }) => name, missing: "InvalidKeyPair.NotFound" },
    KeyPairId: { of: ({ id }) => id, missing: "InvalidKeyPair.NotFound" },
  },
  filters: () => ({
    "key-pair-id": ({ id }) => id,
    "key-name": ({ name }) => name,
    fingerprint: (key) => key.fingerprint,
  }),
  show: (_, key) => ({
    keyPairId: key.id,
    keyName: key.name,
    keyFingerprint: key.fingerprint,
    keyType: key.type,
    createTime: new Date(key.created),
    tagSet: tagSet(key.tags),
  }),
});

export const keyPairActions: Record<string, Action> = {
  ImportKeyPair: importKey,
  DeleteKeyPair: remove,
  DescribeKeyPairs: describe,
};
