/**
 * Small databases in the MaxMind DB format 2.0 (https://maxmind.github.io/MaxMind-DB/), made from nothing:
 *
 *   search tree (24 bits a record) | 16 zeroes | data | 0xABCDEF MaxMind.com | metadata
 *
 * IPv4 lies at ::/96 of the tree.
 */
import { writeFileSync } from 'node:fs';
import { toBytes } from '../../../../src/address/address.ts';
import { parsePrefix } from '../../../../src/address/prefix.ts';

type Value = string | number | { readonly [key: string]: Value };
type Node = [Node | number | undefined, Node | number | undefined];

const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const SEPARATOR = 16;

export function writeMmdb(path: string, records: Readonly<Record<string, Value>>): void {
  const root: Node = [undefined, undefined];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [prefix, value] of Object.entries(records)) {
    plant(root, prefix, offset);
    const bytes = encode(value);
    data.push(bytes);
    offset += bytes.length;
  }
  const nodes = numbered(root);
  const tree = Buffer.alloc(nodes.length * 6);
  nodes.forEach((node, at) => {
    node.forEach((child, side) => {
      tree.writeUIntBE(recordOf(child, nodes), at * 6 + side * 3, 3);
    });
  });
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: 'Test',
    description: { en: 'made for a test' },
    ip_version: 6,
    node_count: nodes.length,
    record_size: 24,
  });
  writeFileSync(path, Buffer.concat([tree, Buffer.alloc(SEPARATOR), ...data, MARKER, metadata]));
}

/** Hang the place of a record into the tree. */
function plant(root: Node, prefix: string, offset: number): void {
  const { address, length } = parsePrefix(prefix);
  const padding = address.family === 4 ? 12 : 0;
  const bytes = [...new Array<number>(padding).fill(0), ...toBytes(address)];
  const bits = padding * 8 + length;
  let node = root;
  for (let i = 0; i < bits; i++) {
    const side = (bytes[i >> 3] >> (7 - (i & 7))) & 1;
    if (i === bits - 1) node[side] = offset;
    else {
      const next = node[side];
      const child: Node = typeof next === 'object' ? next : [undefined, undefined];
      node[side] = child;
      node = child;
    }
  }
}

function numbered(root: Node): Node[] {
  const nodes: Node[] = [root];
  for (const node of nodes) for (const child of node) if (typeof child === 'object') nodes.push(child);
  return nodes;
}

function recordOf(child: Node[number], nodes: readonly Node[]): number {
  if (child === undefined) return nodes.length;
  return typeof child === 'number' ? nodes.length + SEPARATOR + child : nodes.indexOf(child);
}

const STRING = 2;
const UINT32 = 6;
const MAP = 7;

/** A control byte, type << 5 | size; from 29 on the size has a byte of its own. */
function encode(value: Value): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([Buffer.of((UINT32 << 5) | 4), bytes]);
  }
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    const size = bytes.length < 29 ? [(STRING << 5) | bytes.length] : [(STRING << 5) | 29, bytes.length - 29];
    return Buffer.concat([Buffer.from(size), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([
    Buffer.of((MAP << 5) | entries.length),
    ...entries.flatMap(([key, each]) => [encode(key), encode(each)]),
  ]);
}
