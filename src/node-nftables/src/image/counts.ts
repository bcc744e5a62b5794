/**
 * What the kernel counts, set to 0, so that a table made again starts anew and two dumps of the same rules are equal.
 *
 *   object   NFTA_OBJ_DATA { NFTA_COUNTER_BYTES, NFTA_COUNTER_PACKETS }              of type NFT_OBJECT_COUNTER
 *   rule     NFTA_RULE_EXPRESSIONS { NFTA_LIST_ELEM { NFTA_EXPR_NAME 'counter', NFTA_EXPR_DATA { the same } } ... }
 */
import { AttributeCursor } from 'node-netlink';
import { NFTA_LIST_ELEM, NFTA_OBJ_DATA, NFTA_OBJ_TYPE, NFTA_RULE_EXPRESSIONS } from '../netlink/nf-tables.ts';
import { find, type WireAttributes } from './wire-attributes.ts';

const NFT_OBJECT_COUNTER = 1;
/** enum nft_expr_attributes */
const NFTA_EXPR_NAME = 1;
const NFTA_EXPR_DATA = 2;

/** @param attributes changed in place */
export function uncounted(kind: string, attributes: WireAttributes): WireAttributes {
  if (kind === 'object') clearObject(attributes);
  else if (kind === 'rule') find(attributes, NFTA_RULE_EXPRESSIONS, clearExpressions);
  return attributes;
}

function clearObject(object: WireAttributes): void {
  if (find(object, NFTA_OBJ_TYPE, (cursor) => cursor.networkU32()) === NFT_OBJECT_COUNTER)
    find(object, NFTA_OBJ_DATA, clearPayloads);
}

function clearExpressions({ view, start, end }: AttributeCursor): void {
  const list = new AttributeCursor().enter(view, start, end);
  while (list.next()) {
    if (list.type !== NFTA_LIST_ELEM) continue;
    const parts = new AttributeCursor().enter(view, list.start, list.end);
    let name = '';
    while (parts.next()) {
      if (parts.type === NFTA_EXPR_NAME) name = parts.string();
      else if (parts.type === NFTA_EXPR_DATA && name === 'counter') clearPayloads(parts);
    }
  }
}

function clearPayloads({ view, start, end }: AttributeCursor): void {
  const values = new AttributeCursor().enter(view, start, end);
  while (values.next()) values.data().fill(0);
}
