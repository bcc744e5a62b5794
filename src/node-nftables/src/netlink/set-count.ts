/** How many elements a set has, asked of the kernel for this one set. */
import {
  AttributeCursor,
  beginNetfilter,
  type NetlinkClient,
  NFGENMSG_BYTES,
  NLM_F_ACK,
  NLM_F_REQUEST,
} from 'node-netlink';
import { familyNumber, type SetRef } from '../document/index.ts';
import { asNftablesError } from './failure.ts';
import { NFT_MSG_GETSET, NFTA_SET_COUNT, NFTA_SET_NAME, NFTA_SET_TABLE, nftType } from './nf-tables.ts';

/** Undefined before Linux 6.17, which says none. @throws NftablesError */
export function countElements(client: NetlinkClient, { family, table, name }: SetRef): number | undefined {
  let count: number | undefined;
  try {
    client.request(
      'count elements',
      (writer) => {
        const flags = NLM_F_REQUEST | NLM_F_ACK;
        beginNetfilter(writer, nftType(NFT_MSG_GETSET), flags, familyNumber(family));
        writer.string(NFTA_SET_TABLE, table);
        writer.string(NFTA_SET_NAME, name);
        writer.end();
      },
      ({ view, start, end }) => {
        const cursor = new AttributeCursor().enter(view, start + NFGENMSG_BYTES, end);
        while (cursor.next()) if (cursor.type === NFTA_SET_COUNT) count = cursor.networkU32();
      },
    );
  } catch (error) {
    throw asNftablesError(error);
  }
  return count;
}
