/**
 * Elements as attributes (enum nft_set_elem_attributes). What one element becomes depends on the set:
 *
 *   single                  KEY
 *
 *   interval (rbtree)       KEY first                    and a second element without anything else:
 *                           KEY last + 1, FLAGS INTERVAL_END   (left out when `last` is the very last key)
 *
 *   concatenated interval   KEY first, KEY_END last      each field between its two values
 *   (pipapo)
 *
 * behind which come TIMEOUT, EXPIRATION, USERDATA (the comment) and, in maps, DATA.
 */
import type { MessageWriter } from 'node-netlink';
import type { Verdict } from '../document/index.ts';
import {
  NFT_SET_ELEM_INTERVAL_END,
  NFTA_DATA_VALUE,
  NFTA_DATA_VERDICT,
  NFTA_LIST_ELEM,
  NFTA_SET_ELEM_DATA,
  NFTA_SET_ELEM_EXPIRATION,
  NFTA_SET_ELEM_FLAGS,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_KEY_END,
  NFTA_SET_ELEM_TIMEOUT,
  NFTA_SET_ELEM_USERDATA,
  NFTA_VERDICT_CHAIN,
  NFTA_VERDICT_CODE,
} from '../netlink/nf-tables.ts';
import { encodeComment } from './comment.ts';
import type { ElementValue, Layout, SetElement } from './element.ts';
import { nextKey } from './key-arithmetic.ts';
import { verdictCode } from './verdict-code.ts';

/** Everything of the element, for adding it. */
export function writeElement(writer: MessageWriter, layout: Layout, element: SetElement): void {
  writer.beginNested(NFTA_LIST_ELEM);
  writeKey(writer, layout, element);
  writeRest(writer, element);
  writer.endNested();
  writeIntervalEnd(writer, layout, element);
}

/** Its key only, for deleting it. */
export function writeElementKey(writer: MessageWriter, layout: Layout, element: SetElement): void {
  writer.beginNested(NFTA_LIST_ELEM);
  writeKey(writer, layout, element);
  writer.endNested();
  writeIntervalEnd(writer, layout, element);
}

/** To ask for the element that holds a key. `flags` may be NFT_SET_ELEM_INTERVAL_END. */
export function writeLookup(writer: MessageWriter, layout: Layout, key: Uint8Array, flags = 0): void {
  writer.beginNested(NFTA_LIST_ELEM);
  writeKey(writer, layout, { key });
  if (flags !== 0) writer.networkU32(NFTA_SET_ELEM_FLAGS, flags);
  writer.endNested();
}

function writeKey(writer: MessageWriter, layout: Layout, { key, keyEnd }: SetElement): void {
  writeData(writer, NFTA_SET_ELEM_KEY, key);
  if (layout === 'concatenated interval') writeData(writer, NFTA_SET_ELEM_KEY_END, keyEnd ?? key);
}

function writeIntervalEnd(writer: MessageWriter, layout: Layout, { key, keyEnd }: SetElement): void {
  if (layout !== 'interval') return;
  const end = nextKey(keyEnd ?? key);
  if (end === undefined) return;
  writer.beginNested(NFTA_LIST_ELEM);
  writeData(writer, NFTA_SET_ELEM_KEY, end);
  writer.networkU32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
  writer.endNested();
}

function writeRest(writer: MessageWriter, { timeoutMs, expiresInMs, comment, value }: SetElement): void {
  if (timeoutMs !== undefined) writer.networkU64(NFTA_SET_ELEM_TIMEOUT, timeoutMs);
  if (expiresInMs !== undefined) writer.networkU64(NFTA_SET_ELEM_EXPIRATION, expiresInMs);
  if (comment !== undefined) writer.data(NFTA_SET_ELEM_USERDATA, encodeComment(comment));
  if (value !== undefined) writeValue(writer, value);
}

function writeValue(writer: MessageWriter, value: ElementValue): void {
  if (value instanceof Uint8Array) writeData(writer, NFTA_SET_ELEM_DATA, value);
  else writeVerdict(writer, value);
}

function writeVerdict(writer: MessageWriter, verdict: Verdict): void {
  const { code, chain } = verdictCode(verdict);
  writer.beginNested(NFTA_SET_ELEM_DATA);
  writer.beginNested(NFTA_DATA_VERDICT);
  writer.networkU32(NFTA_VERDICT_CODE, code);
  if (chain !== undefined) writer.string(NFTA_VERDICT_CHAIN, chain);
  writer.endNested();
  writer.endNested();
}

/** struct nft_data: a nest around the bytes. */
function writeData(writer: MessageWriter, type: number, bytes: Uint8Array): void {
  writer.beginNested(type);
  writer.data(NFTA_DATA_VALUE, bytes);
  writer.endNested();
}
