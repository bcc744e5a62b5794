/**
 * The creation of one element, which is what a block is. The transaction is written once for each set (batch.ts), and
 * from then on only what differs is put in its place; the sequence numbers are the client's:
 *
 *   BATCH_BEGIN   NEWSETELEM   TABLE SET ELEMENTS [ELEM [KEY [VALUE ....] TIMEOUT .... EXPIRATION ....]]   BATCH_END
 *                                                                   key            8               8 bytes
 *
 * A block finds everything cold that it needs, so that each function on its way costs a microsecond or more: this takes
 * one where writing takes thirty. What is sent is the same to the byte.
 */
import { AttributeCursor, MessageCursor, MessageWriter, NFGENMSG_BYTES } from 'node-netlink';
import {
  NFT_MSG_NEWSETELEM,
  NFTA_DATA_VALUE,
  NFTA_LIST_ELEM,
  NFTA_SET_ELEM_EXPIRATION,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_TIMEOUT,
  nftType,
} from '../netlink/nf-tables.ts';
import { writeBatch } from './batch.ts';
import type { ElementChange } from './change.ts';
import { type ElementSet, layoutOf, type SetElement } from './element.ts';

/** Enough for all but the longest names and keys. */
const INITIAL_BYTES = 512;

export class PreparedCreations {
  readonly #generation: number | undefined;
  readonly #bySet = new WeakMap<ElementSet, PreparedCreation>();

  /** `generation`: see `ApplyOptions`. */
  constructor(generation?: number) {
    this.#generation = generation;
  }

  /** The transaction, as `writeBatch` writes it; undefined for all that is more than one plain element created. */
  of(changes: readonly ElementChange[]): MessageWriter | undefined {
    if (changes.length !== 1) return undefined;
    const { action, set, elements } = changes[0];
    if (action !== 'create' || elements.length !== 1) return undefined;
    const element = elements[0];
    const prepared = this.#bySet.get(set);
    return prepared?.fill(element) ? prepared.writer : this.#prepare(set, element);
  }

  #prepare(set: ElementSet, element: SetElement): MessageWriter | undefined {
    if (!isPlain(element) || layoutOf(set) !== 'single') return undefined;
    const prepared = new PreparedCreation(set, element, this.#generation);
    this.#bySet.set(set, prepared);
    return prepared.writer;
  }
}

class PreparedCreation {
  readonly writer = new MessageWriter(INITIAL_BYTES);
  readonly #keyBytes: number;
  readonly #keyAt: number;
  /** 0: none. */
  readonly #timeoutAt: number;
  readonly #expirationAt: number;

  constructor(set: ElementSet, element: SetElement, generation: number | undefined) {
    const { writer } = this;
    writeBatch(writer, [{ action: 'create', set, elements: [element] }], false, generation);
    this.#keyBytes = element.key.length;
    this.#keyAt = placeIn(writer, NFTA_SET_ELEM_KEY, NFTA_DATA_VALUE);
    this.#timeoutAt = placeIn(writer, NFTA_SET_ELEM_TIMEOUT);
    this.#expirationAt = placeIn(writer, NFTA_SET_ELEM_EXPIRATION);
  }

  /** Put in another element. @returns false when it has something else than the one that it was made with */
  fill(element: SetElement): boolean {
    const { key, timeoutMs, expiresInMs } = element;
    if (key.length !== this.#keyBytes || !isPlain(element)) return false;
    if ((timeoutMs === undefined) !== (this.#timeoutAt === 0)) return false;
    if ((expiresInMs === undefined) !== (this.#expirationAt === 0)) return false;
    const { writer } = this;
    for (let i = 0; i < key.length; i++) writer.bytes[this.#keyAt + i] = key[i];
    if (timeoutMs !== undefined) writer.putNetworkU64(this.#timeoutAt, timeoutMs);
    if (expiresInMs !== undefined) writer.putNetworkU64(this.#expirationAt, expiresInMs);
    return true;
  }
}

function isPlain({ value, comment }: SetElement): boolean {
  return value === undefined && comment === undefined;
}

/** Where the payload of an attribute of the element begins; 0 when it is not there. */
function placeIn({ view, length }: MessageWriter, ...path: number[]): number {
  const message = new MessageCursor().load(view, length);
  while (message.next() && message.type !== nftType(NFT_MSG_NEWSETELEM));
  let [start, end] = [message.start + NFGENMSG_BYTES, message.end];
  const attribute = new AttributeCursor();
  for (const type of [NFTA_SET_ELEM_LIST_ELEMENTS, NFTA_LIST_ELEM, ...path]) {
    attribute.enter(view, start, end);
    do if (!attribute.next()) return 0;
    while (attribute.type !== type);
    ({ start, end } = attribute);
  }
  return start;
}
