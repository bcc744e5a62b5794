/**
 * All of a table but the elements of its named sets, as the kernel itself describes it, kept to make the table again
 * in one transaction, elements and all. A dump of nf_tables describes a thing with the attributes that a request
 * makes it with, so what was dumped is sent back, less what the kernel chooses or counts:
 *
 *   GETTABLE, GETOBJ, GETSET, GETCHAIN, GETSETELEM, GETRULE          restore (one batch, see table-restoration.ts)
 *        |                                                                ^
 *        +--> keep attributes named in KEPT --> messages in wire form ----+
 *
 * No rule is understood here, so none can be misunderstood: a rule that nft made stays as nft made it.
 */
import { createHash } from 'node:crypto';
import {
  AttributeCursor,
  beginNetfilter,
  type MessageCursor,
  type NetlinkClient,
  NFGENMSG_BYTES,
  NLM_F_DUMP,
  NLM_F_REQUEST,
} from 'node-netlink';
import { familyNumber, type TableRef } from '../document/index.ts';
import {
  NFT_MSG_GETCHAIN,
  NFT_MSG_GETOBJ,
  NFT_MSG_GETRULE,
  NFT_MSG_GETSET,
  NFT_MSG_GETSETELEM,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_ELEM_LIST_TABLE,
  NFTA_SET_FLAGS,
  NFTA_SET_NAME,
  nftType,
} from '../netlink/nf-tables.ts';
import { uncounted } from './counts.ts';
import { find, type WireAttributes } from './wire-attributes.ts';

/** To be given back to `restoreTable` of the driver that made it, as often as wanted. */
export interface TableImage {
  readonly table: TableRef;
  /** SHA-256, hex: equal for equal tables on one machine and kernel. What is counted has no part in it. */
  readonly fingerprint: string;
}

export class KernelTableImage implements TableImage {
  readonly table: TableRef;
  readonly objects: readonly WireAttributes[];
  readonly sets: readonly WireAttributes[];
  readonly chains: readonly WireAttributes[];
  /** Of anonymous sets. */
  readonly elements: readonly WireAttributes[];
  readonly rules: readonly WireAttributes[];
  readonly fingerprint: string;

  constructor(table: TableRef, parts: Parts) {
    this.table = table;
    this.objects = parts.objects;
    this.sets = parts.sets;
    this.chains = parts.chains;
    this.elements = parts.elements;
    this.rules = parts.rules;
    this.fingerprint = fingerprintOf(parts);
  }
}

type Parts = Omit<KernelTableImage, 'table' | 'fingerprint'>;

/** A hash set lists its elements in another order each time it is made. */
function fingerprintOf({ objects, sets, chains, elements, rules }: Parts): string {
  const hash = createHash('sha256');
  for (const part of [objects, sets, chains, elements.flatMap(elementsOf).toSorted(Buffer.compare), rules]) {
    hash.update(`${part.length}\n`);
    for (const bytes of part) hash.update(bytes);
  }
  return hash.digest('hex');
}

/** With the name of their set each. */
function elementsOf(message: WireAttributes): WireAttributes[] {
  const set = nameOf(message);
  const found: WireAttributes[] = [];
  find(message, NFTA_SET_ELEM_LIST_ELEMENTS, ({ view, start, end }) => {
    const cursor = new AttributeCursor().enter(view, start, end);
    while (cursor.next()) found.push(Buffer.concat([Buffer.from(set), cursor.data()]));
  });
  return found;
}

/**
 * What a thing is made with (enum nft_object_attributes, nft_set_attributes, nft_chain_attributes, ...). Left out are
 * handles (a request with one means a thing that is there), uses, positions, and what a kernel only tells.
 */
const KEPT = {
  object: new Set([1, 2, 3, 4, 8]), // table, name, type, data, userdata
  set: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 17, 18]), // all but id, handle, type, count
  chain: new Set([1, 3, 4, 5, 7, 10, 12]), // table, name, hook, policy, type, flags, userdata
  rule: new Set([1, 2, 4, 7]), // table, chain, expressions, userdata
  elements: new Set([1, 2, 3]), // table, set, elements
} as const;
export type Kind = keyof typeof KEPT;

/** The table's name is attribute 1 of everything. */
const TABLE_ATTRIBUTE = 1;
const NFT_SET_ANONYMOUS = 0x1;
const ATTRIBUTE_HEADER = 4;

export interface Captured {
  readonly image: KernelTableImage;
  /** The ruleset changed meanwhile: capture again. */
  readonly interrupted: boolean;
}

/** @throws NetlinkError */
export function captureTable(client: NetlinkClient, table: TableRef): Captured {
  const capture = new Capture(client, table);
  const sets = capture.dump('set', NFT_MSG_GETSET);
  const parts = {
    objects: capture.dump('object', NFT_MSG_GETOBJ),
    sets,
    chains: capture.dump('chain', NFT_MSG_GETCHAIN),
    rules: capture.dump('rule', NFT_MSG_GETRULE),
    elements: sets.filter(isAnonymous).flatMap((set) => capture.elements(nameOf(set))),
  };
  return { image: new KernelTableImage(table, parts), interrupted: capture.interrupted };
}

class Capture {
  interrupted = false;
  readonly #client: NetlinkClient;
  readonly #table: TableRef;
  readonly #cursor = new AttributeCursor();

  constructor(client: NetlinkClient, table: TableRef) {
    this.#client = client;
    this.#table = table;
  }

  dump(kind: Kind, message: number, set?: string): WireAttributes[] {
    const found: WireAttributes[] = [];
    const { family, name } = this.#table;
    const { interrupted } = this.#client.dump(
      `capture ${kind}`,
      (writer) => {
        beginNetfilter(writer, nftType(message), NLM_F_REQUEST | NLM_F_DUMP, familyNumber(family));
        // A dump of chains knows no filter and minds none.
        writer.string(NFTA_SET_ELEM_LIST_TABLE, name);
        if (set !== undefined) writer.string(NFTA_SET_ELEM_LIST_SET, set);
        writer.end();
      },
      (received) => {
        const kept = this.#kept(received, KEPT[kind]);
        if (kept !== undefined) found.push(uncounted(kind, kept));
      },
    );
    this.interrupted ||= interrupted;
    return found;
  }

  elements(set: string): WireAttributes[] {
    return this.dump('elements', NFT_MSG_GETSETELEM, set);
  }

  /** Undefined for a thing of another table. */
  #kept({ view, start, end }: MessageCursor, types: ReadonlySet<number>): WireAttributes | undefined {
    const cursor = this.#cursor.enter(view, start + NFGENMSG_BYTES, end);
    const pieces: Uint8Array[] = [];
    while (cursor.next()) {
      if (cursor.type === TABLE_ATTRIBUTE && cursor.string() !== this.#table.name) return undefined;
      if (types.has(cursor.type)) pieces.push(attributeBytes(cursor));
    }
    return Buffer.concat(pieces);
  }
}

/** With its header, flags and padding. */
function attributeBytes({ view, start, end }: AttributeCursor): Uint8Array {
  const padded = start + ((end - start + 3) & ~3);
  const bytes = new Uint8Array(padded - start + ATTRIBUTE_HEADER);
  const from = view.byteOffset + start - ATTRIBUTE_HEADER;
  bytes.set(new Uint8Array(view.buffer, from, Math.min(bytes.length, view.buffer.byteLength - from)));
  return bytes;
}

function isAnonymous(set: WireAttributes): boolean {
  return (find(set, NFTA_SET_FLAGS, (cursor) => cursor.networkU32()) ?? 0) % 2 === NFT_SET_ANONYMOUS;
}

function nameOf(set: WireAttributes): string {
  return find(set, NFTA_SET_NAME, (cursor) => cursor.string()) ?? '';
}
