/**
 * Flowtables (nft(8), FLOWTABLE): connections in one take no part in the forward hook any more, in whosever table the
 * flowtable is. Deleting the conntrack entry takes a connection out (flow_offload_lookup and, from Linux 6.4,
 * ctnetlink_del_conntrack; before, the entry of an offloaded connection cannot be deleted).
 *
 * A message of the dump (linux/netfilter/nf_tables.h): nfgenmsg with the family, then
 *
 *   NFTA_FLOWTABLE_TABLE { name }   NFTA_FLOWTABLE_NAME { name }   ...
 */
import {
  AttributeCursor,
  beginNetfilter,
  type MessageCursor,
  type MessageWriter,
  NETLINK_NETFILTER,
  NetlinkClient,
  NetlinkDecodeError,
  NFGENMSG_BYTES,
  NFNL_SUBSYS_NFTABLES,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  netfilterType,
} from 'node-netlink';
import { ConntrackDecodeError, conntrackError } from './errors.ts';

const NFT_MSG_GETFLOWTABLE = 23;
const NFTA_FLOWTABLE_TABLE = 1;
const NFTA_FLOWTABLE_NAME = 2;

const FAMILY_NAMES: Readonly<Record<number, string>> = { 1: 'inet', 2: 'ip', 10: 'ip6' };

/**
 * Of the calling thread's network namespace: `inet filter/fast`.
 * @throws ConntrackKernelError, ConntrackDecodeError
 */
export function listFlowtables(): string[] {
  const found: string[] = [];
  const build = (writer: MessageWriter) => {
    beginNetfilter(
      writer,
      netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETFLOWTABLE),
      NLM_F_REQUEST | NLM_F_DUMP,
    );
    writer.end();
  };
  try {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    client.dump('list flowtables', build, (message) => found.push(decodeFlowtable(message)), 3);
    return [...new Set(found)];
  } catch (error) {
    throw conntrackError(error);
  }
}

/** @throws ConntrackDecodeError */
export function decodeFlowtable({ view, start, end }: MessageCursor): string {
  const attributes = new AttributeCursor();
  let [table, name] = ['', ''];
  try {
    for (attributes.enter(view, start + NFGENMSG_BYTES, end); attributes.next(); ) {
      if (attributes.type === NFTA_FLOWTABLE_TABLE) table = attributes.string();
      else if (attributes.type === NFTA_FLOWTABLE_NAME) name = attributes.string();
    }
  } catch (error) {
    if (!(error instanceof NetlinkDecodeError)) throw error;
    throw new ConntrackDecodeError(error.message, { cause: error });
  }
  if (table === '' || name === '') throw new ConntrackDecodeError('a flowtable without a name');
  return `${FAMILY_NAMES[view.getUint8(start)] ?? `family ${view.getUint8(start)}`} ${table}/${name}`;
}
