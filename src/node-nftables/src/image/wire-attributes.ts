import { AttributeCursor } from 'node-netlink';

/** Attributes of one message, whole, in the order in which they came. */
export type WireAttributes = Uint8Array;

/** What `read` makes of the first attribute of this type. */
export function find<T>(
  attributes: WireAttributes,
  type: number,
  read: (cursor: AttributeCursor) => T,
): T | undefined {
  const view = new DataView(attributes.buffer, attributes.byteOffset, attributes.length);
  const cursor = new AttributeCursor().enter(view, 0, attributes.length);
  while (cursor.next()) if (cursor.type === type) return read(cursor);
  return undefined;
}
