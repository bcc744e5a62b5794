/** Announcements out of messages. They look like the requests that made them: nfgenmsg, then attributes. */
import { AttributeCursor, type MessageCursor, NFGENMSG_BYTES, NFNL_SUBSYS_NFTABLES } from 'node-netlink';
import { familyName } from '../document/index.ts';
import { ElementReader, type WireElement } from '../elements/element-reader.ts';
import { decodeGeneration } from '../netlink/generation.ts';
import {
  NFT_MSG_DELCHAIN,
  NFT_MSG_DELFLOWTABLE,
  NFT_MSG_DELOBJ,
  NFT_MSG_DELRULE,
  NFT_MSG_DELSET,
  NFT_MSG_DELSETELEM,
  NFT_MSG_DELTABLE,
  NFT_MSG_NEWCHAIN,
  NFT_MSG_NEWFLOWTABLE,
  NFT_MSG_NEWGEN,
  NFT_MSG_NEWOBJ,
  NFT_MSG_NEWRULE,
  NFT_MSG_NEWSET,
  NFT_MSG_NEWSETELEM,
  NFT_MSG_NEWTABLE,
  NFTA_CHAIN_NAME,
  NFTA_FLOWTABLE_NAME,
  NFTA_OBJ_NAME,
  NFTA_RULE_CHAIN,
  NFTA_RULE_HANDLE,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_NAME,
} from '../netlink/nf-tables.ts';
import type { RulesetChange } from './change.ts';

type Kind = RulesetChange['kind'];
type Action = RulesetChange['action'];

const KINDS: ReadonlyMap<number, readonly [Kind, Action]> = new Map([
  [NFT_MSG_NEWTABLE, ['table', 'new']],
  [NFT_MSG_DELTABLE, ['table', 'delete']],
  [NFT_MSG_NEWCHAIN, ['chain', 'new']],
  [NFT_MSG_DELCHAIN, ['chain', 'delete']],
  [NFT_MSG_NEWRULE, ['rule', 'new']],
  [NFT_MSG_DELRULE, ['rule', 'delete']],
  [NFT_MSG_NEWSET, ['set', 'new']],
  [NFT_MSG_DELSET, ['set', 'delete']],
  [NFT_MSG_NEWSETELEM, ['element', 'new']],
  [NFT_MSG_DELSETELEM, ['element', 'delete']],
  [NFT_MSG_NEWOBJ, ['object', 'new']],
  [NFT_MSG_DELOBJ, ['object', 'delete']],
  [NFT_MSG_NEWFLOWTABLE, ['flowtable', 'new']],
  [NFT_MSG_DELFLOWTABLE, ['flowtable', 'delete']],
  [NFT_MSG_NEWGEN, ['generation', 'new']],
]);

/** The table's name is attribute 1 everywhere; this is what holds the name of the thing itself. */
const NAME_ATTRIBUTES: Readonly<Partial<Record<Kind, number>>> = {
  chain: NFTA_CHAIN_NAME,
  rule: NFTA_RULE_CHAIN,
  set: NFTA_SET_NAME,
  element: NFTA_SET_ELEM_LIST_SET,
  object: NFTA_OBJ_NAME,
  flowtable: NFTA_FLOWTABLE_NAME,
};
const TABLE_ATTRIBUTE = 1;

interface Names {
  table: string;
  name: string;
  handle: bigint;
}

export class ChangeDecoder {
  readonly #attributes = new AttributeCursor();
  readonly #elements = new ElementReader();

  /**
   * Undefined for messages of other kinds, such as traces.
   * @throws NetlinkDecodeError
   */
  decode(message: MessageCursor): RulesetChange | undefined {
    if (message.type >> 8 !== NFNL_SUBSYS_NFTABLES || message.end - message.start < NFGENMSG_BYTES) {
      return undefined;
    }
    const known = KINDS.get(message.type & 255);
    return known && this.#decodeKind(message, ...known);
  }

  #decodeKind(message: MessageCursor, kind: Kind, action: Action): RulesetChange | undefined {
    const { view, start, end, portId } = message;
    const body = start + NFGENMSG_BYTES;
    if (kind === 'generation') return { kind, action, portId, ...decodeGeneration(view, body, end) };
    const family = familyName(view.getUint8(start));
    if (family === undefined) return undefined;
    const { table, name, handle } = this.#names(kind, view, body, end);
    const place = { action, portId, family, table };
    switch (kind) {
      case 'table':
        return { kind, ...place };
      case 'rule':
        return { kind, ...place, chain: name, handle };
      case 'element':
        return { kind, ...place, set: name, elements: this.#readElements(view, body, end) };
      default:
        return { kind, ...place, name };
    }
  }

  #names(kind: Kind, view: DataView, start: number, end: number): Names {
    const names: Names = { table: '', name: '', handle: 0n };
    const cursor = this.#attributes.enter(view, start, end);
    while (cursor.next()) {
      if (cursor.type === TABLE_ATTRIBUTE) names.table = cursor.string();
      else if (cursor.type === NAME_ATTRIBUTES[kind]) names.name = cursor.string();
      else if (kind === 'rule' && cursor.type === NFTA_RULE_HANDLE) names.handle = cursor.networkBigU64();
    }
    return names;
  }

  #readElements(view: DataView, start: number, end: number): WireElement[] {
    const elements: WireElement[] = [];
    this.#elements.read(view, start, end, elements);
    return elements;
  }
}
