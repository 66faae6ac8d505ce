/** Bytes of one block of a download or an upload. */
export const CHUNK = 65_536;

/** A block that is like no other: what is lost, doubled or out of order changes the whole. */
export function block(index: number): Buffer {
  const bytes = Buffer.alloc(CHUNK, index % 251);
  bytes.writeUInt32BE(index, 0);
  return bytes;
}
