/** Whether a table exists, asked of the kernel for this one table. */
import {
  AttributeCursor,
  beginNetfilter,
  type MessageWriter,
  type NetlinkClient,
  NFGENMSG_BYTES,
  NLM_F_ACK,
  NLM_F_REQUEST,
} from 'node-netlink';
import { familyNumber, type TableFlag, type TableRef } from '../document/index.ts';
import { isNotFound } from '../errors.ts';
import { asNftablesError } from './failure.ts';
import {
  NFT_MSG_GETTABLE,
  NFTA_TABLE_FLAGS,
  NFTA_TABLE_HANDLE,
  NFTA_TABLE_NAME,
  nftType,
} from './nf-tables.ts';

/** enum nft_table_flags, bit by bit. */
const FLAGS: readonly TableFlag[] = ['dormant', 'owner', 'persist'];

export interface TableState {
  /** Another number when the table was deleted and made again. */
  readonly handle: bigint;
  /** Those that this package knows. */
  readonly flags: readonly TableFlag[];
}

/** Undefined when there is no such table. @throws NftablesError */
export function findTable(client: NetlinkClient, table: TableRef): TableState | undefined {
  let found: TableState | undefined;
  try {
    client.request('get table', getTable(table), (message) => {
      found = decodeTable(message.view, message.start + NFGENMSG_BYTES, message.end);
    });
  } catch (error) {
    if (!isNotFound(error)) throw asNftablesError(error);
  }
  return found;
}

function getTable({ family, name }: TableRef): (writer: MessageWriter) => void {
  return (writer) => {
    beginNetfilter(writer, nftType(NFT_MSG_GETTABLE), NLM_F_REQUEST | NLM_F_ACK, familyNumber(family));
    writer.string(NFTA_TABLE_NAME, name);
    writer.end();
  };
}

function decodeTable(view: DataView, start: number, end: number): TableState {
  const cursor = new AttributeCursor().enter(view, start, end);
  let handle = 0n;
  let bits = 0;
  while (cursor.next()) {
    if (cursor.type === NFTA_TABLE_HANDLE) handle = cursor.networkBigU64();
    else if (cursor.type === NFTA_TABLE_FLAGS) bits = cursor.networkU32();
  }
  return { handle, flags: FLAGS.filter((_, bit) => (bits >> bit) & 1) };
}
