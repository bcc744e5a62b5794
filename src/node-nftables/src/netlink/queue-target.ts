/**
 * A rule that hands packets to a queue of nfnetlink_queue, for kernels without the `queue` expression of nf_tables
 * (CONFIG_NFT_QUEUE) that have the target of x_tables and the bridge to it (XT_TARGET_NFQUEUE, NFT_COMPAT). Nft lists
 * such a rule and cannot write it.
 *
 *   NEWRULE  TABLE, CHAIN, EXPRESSIONS [ { NAME "target", DATA { NAME "NFQUEUE", REV 3, INFO } } ]
 *
 *   INFO, host order (linux/netfilter/xt_NFQUEUE.h, struct xt_NFQ_info_v3), padded to 8 bytes as x_tables wants:
 *   queue 2 | queues 2 | flags 2 (1: bypass) | 0 2
 */
import {
  beginNetfilter,
  type MessageWriter,
  NETLINK_NETFILTER,
  NetlinkClient,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  NLM_F_ACK,
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_REQUEST,
} from 'node-netlink';
import { type ChainRef, familyNumber } from '../document/index.ts';
import { asNftablesError } from './failure.ts';
import {
  NFT_MSG_NEWRULE,
  NFTA_EXPR_DATA,
  NFTA_EXPR_NAME,
  NFTA_LIST_ELEM,
  NFTA_RULE_CHAIN,
  NFTA_TABLE_NAME,
  nftType,
} from './nf-tables.ts';

const NFTA_RULE_EXPRESSIONS = 4;

/** linux/netfilter/nf_tables_compat.h */
const NFTA_TARGET_NAME = 1;
const NFTA_TARGET_REV = 2;
const NFTA_TARGET_INFO = 3;

const REVISION = 3;
const NFQ_FLAG_BYPASS = 1;

export interface QueueRule {
  readonly queue: number;
  /** Packets pass when no process reads the queue, instead of being dropped. */
  readonly bypass: boolean;
}

/**
 * Add the rule behind the others of a chain, in a transaction of its own.
 * @throws NftablesError ENOENT when the kernel has no such target
 */
export function addQueueTarget(chain: ChainRef, rule: QueueRule): void {
  using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
  try {
    client.request('add queue rule', (writer) => writeQueueRule(writer, chain, rule));
  } catch (error) {
    throw asNftablesError(error);
  }
}

export function writeQueueRule(
  writer: MessageWriter,
  { family, table, name }: ChainRef,
  { queue, bypass }: QueueRule,
): void {
  const flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_APPEND;
  beginNetfilter(writer, NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
  writer.end();
  beginNetfilter(writer, nftType(NFT_MSG_NEWRULE), flags, familyNumber(family));
  writer.string(NFTA_TABLE_NAME, table);
  writer.string(NFTA_RULE_CHAIN, name);
  writer.beginNested(NFTA_RULE_EXPRESSIONS);
  writer.beginNested(NFTA_LIST_ELEM);
  writer.string(NFTA_EXPR_NAME, 'target');
  writer.beginNested(NFTA_EXPR_DATA);
  writer.string(NFTA_TARGET_NAME, 'NFQUEUE');
  writer.networkU32(NFTA_TARGET_REV, REVISION);
  writer.data(
    NFTA_TARGET_INFO,
    new Uint8Array(Uint16Array.of(queue, 1, bypass ? NFQ_FLAG_BYPASS : 0, 0).buffer),
  );
  writer.endNested();
  writer.endNested();
  writer.endNested();
  writer.end();
  beginNetfilter(writer, NFNL_MSG_BATCH_END, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
  writer.end();
}
