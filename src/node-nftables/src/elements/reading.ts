/** Elements asked of the kernel (NFT_MSG_GETSETELEM): one by its key, or all. */
import {
  beginNetfilter,
  type DumpResult,
  type MessageWriter,
  type NetlinkClient,
  NFGENMSG_BYTES,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
} from 'node-netlink';
import { familyNumber, type SetRef } from '../document/index.ts';
import { isNotFound } from '../errors.ts';
import {
  NFT_MSG_GETSETELEM,
  type NFT_SET_ELEM_INTERVAL_END,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_ELEM_LIST_TABLE,
  nftType,
} from '../netlink/nf-tables.ts';
import { type ElementSet, layoutOf, type SetElement } from './element.ts';
import { ElementReader, type WireElement } from './element-reader.ts';
import { writeLookup } from './element-writer.ts';
import { KeyList } from './key-list.ts';

const reader = new ElementReader();

export interface Dump {
  readonly elements: WireElement[];
  /** The ruleset changed meanwhile. */
  readonly interrupted: boolean;
}

/** @throws NetlinkError */
export function dumpElements(client: NetlinkClient, set: SetRef): Dump {
  const elements: WireElement[] = [];
  const { interrupted } = client.dump('list elements', askForAll(set), ({ view, start, end }) =>
    reader.read(view, start + NFGENMSG_BYTES, end, elements),
  );
  return { elements, interrupted };
}

/** One by one. @throws NetlinkError */
export function scanElements(
  client: NetlinkClient,
  set: SetRef,
  visit: (element: SetElement) => void,
): DumpResult {
  return client.dump('list elements', askForAll(set), ({ view, start, end }) =>
    reader.each(view, start + NFGENMSG_BYTES, end, visit),
  );
}

/** The keys alone, of a set of one field that has so many bytes. @throws NetlinkError */
export function dumpKeys(
  client: NetlinkClient,
  set: SetRef,
  width: number,
): { readonly keys: KeyList; readonly interrupted: boolean } {
  const keys = new KeyList(width);
  const { interrupted } = client.dump('list keys', askForAll(set), ({ view, start, end }) =>
    reader.readKeys(view, start + NFGENMSG_BYTES, end, keys),
  );
  return { keys, interrupted };
}

function askForAll(set: SetRef): (writer: MessageWriter) => void {
  return (writer) => {
    beginSetMessage(writer, set, NLM_F_REQUEST | NLM_F_DUMP);
    writer.end();
  };
}

/**
 * The element that holds the key, or in an rbtree, with NFT_SET_ELEM_INTERVAL_END, what ends the interval from there
 * on. Undefined when there is none: the kernel then says ENOENT, or to a question for an end just nothing.
 * @throws NetlinkError
 */
export function lookUp(
  client: NetlinkClient,
  set: ElementSet,
  key: Uint8Array,
  flags: 0 | typeof NFT_SET_ELEM_INTERVAL_END = 0,
): WireElement | undefined {
  const elements: WireElement[] = [];
  try {
    client.request('get element', getElement(set, key, flags), ({ view, start, end }) =>
      reader.read(view, start + NFGENMSG_BYTES, end, elements),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return elements[0];
}

function getElement(set: ElementSet, key: Uint8Array, flags: number): (writer: MessageWriter) => void {
  return (writer) => {
    beginSetMessage(writer, set, NLM_F_REQUEST | NLM_F_ACK);
    writer.beginNested(NFTA_SET_ELEM_LIST_ELEMENTS);
    writeLookup(writer, layoutOf(set), key, flags);
    writer.endNested();
    writer.end();
  };
}

function beginSetMessage(writer: MessageWriter, { family, table, name }: SetRef, flags: number): void {
  beginNetfilter(writer, nftType(NFT_MSG_GETSETELEM), flags, familyNumber(family));
  writer.string(NFTA_SET_ELEM_LIST_TABLE, table);
  writer.string(NFTA_SET_ELEM_LIST_SET, name);
}
