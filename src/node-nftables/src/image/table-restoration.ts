/**
 * Makes a table what its image says, whatever is there now, with elements, in one transaction:
 *
 *   BATCH_BEGIN
 *   NEWTABLE  DELTABLE                what is there goes, and it is no matter whether it is
 *   NEWTABLE  [owner, persist]
 *   NEWOBJ*   NEWSET*   NEWCHAIN*     sets with an id, as the kernel wants
 *   NEWSETELEM*                       of anonymous sets: before the rule that holds such a set, after chains it names
 *   NEWRULE*
 *   NEWSETELEM*                       of named sets: the caller's
 *   BATCH_END
 *
 * Packets meet the old table or the new one and nothing between.
 */
import {
  beginNetfilter,
  type MessageWriter,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  NLM_F_ACK,
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_REQUEST,
} from 'node-netlink';
import { familyNumber } from '../document/index.ts';
import { writeChanges } from '../elements/batch.ts';
import type { ElementChange } from '../elements/change.ts';
import {
  NFT_MSG_DELTABLE,
  NFT_MSG_NEWCHAIN,
  NFT_MSG_NEWOBJ,
  NFT_MSG_NEWRULE,
  NFT_MSG_NEWSET,
  NFT_MSG_NEWSETELEM,
  NFT_MSG_NEWTABLE,
  NFT_TABLE_F_OWNER,
  NFT_TABLE_F_PERSIST,
  NFTA_SET_ID,
  NFTA_TABLE_FLAGS,
  NFTA_TABLE_NAME,
  nftType,
} from '../netlink/nf-tables.ts';
import type { KernelTableImage } from './table-image.ts';
import type { WireAttributes } from './wire-attributes.ts';

export interface RestoreOptions {
  /**
   * The table belongs to this socket (flag `owner`, Linux 5.12): others may read it only, and their `flush ruleset`
   * passes it by. With `persist` (Linux 6.9) it outlives the socket, and belongs to nobody then.
   */
  readonly owner?: boolean;
  /** As `ApplyOptions` has it, of the elements. */
  readonly confirm?: boolean;
}

export function writeRestoration(
  writer: MessageWriter,
  image: KernelTableImage,
  changes: readonly ElementChange[],
  { owner = false, confirm = false }: RestoreOptions,
): void {
  const { family, name } = image.table;
  const begin = (message: number, flags = NLM_F_CREATE) =>
    beginNetfilter(writer, nftType(message), NLM_F_REQUEST | flags, familyNumber(family));
  const table = (message: number, flags: number | undefined, headerFlags?: number) => {
    begin(message, headerFlags);
    writer.string(NFTA_TABLE_NAME, name);
    if (flags !== undefined) writer.networkU32(NFTA_TABLE_FLAGS, flags);
    writer.end();
  };
  const send = (message: number, things: readonly WireAttributes[], flags?: number) => {
    for (const [i, attributes] of things.entries()) {
      begin(message, flags);
      if (message === NFT_MSG_NEWSET) writer.networkU32(NFTA_SET_ID, i + 1);
      append(writer, attributes);
      writer.end();
    }
  };
  beginNetfilter(writer, NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
  writer.end();
  table(NFT_MSG_NEWTABLE, undefined);
  table(NFT_MSG_DELTABLE, undefined);
  table(NFT_MSG_NEWTABLE, owner ? NFT_TABLE_F_OWNER | NFT_TABLE_F_PERSIST : 0);
  send(NFT_MSG_NEWOBJ, image.objects);
  send(NFT_MSG_NEWSET, image.sets);
  send(NFT_MSG_NEWCHAIN, image.chains);
  send(NFT_MSG_NEWSETELEM, image.elements);
  send(NFT_MSG_NEWRULE, image.rules, NLM_F_CREATE | NLM_F_APPEND);
  // Refusals come without asking. Only the last message asks to be acknowledged: hundreds of answers overrun a queue.
  table(NFT_MSG_NEWTABLE, undefined, NLM_F_CREATE | NLM_F_ACK);
  writeChanges(writer, changes, confirm);
  beginNetfilter(writer, NFNL_MSG_BATCH_END, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
  writer.end();
}

function append(writer: MessageWriter, attributes: WireAttributes): void {
  const at = writer.reserve(attributes.length);
  writer.bytes.set(attributes, at);
}
