/** Which tables there are. nft reads all elements of all sets before it says so. */
import {
  AttributeCursor,
  beginNetfilter,
  type NetlinkClient,
  NFGENMSG_BYTES,
  NLM_F_DUMP,
  NLM_F_REQUEST,
} from 'node-netlink';
import { type Family, familyName, familyNumber, type TableRef } from '../document/index.ts';
import { asNftablesError } from './failure.ts';
import { NFT_MSG_GETTABLE, NFTA_TABLE_NAME, nftType } from './nf-tables.ts';

const ALL_FAMILIES = 0;

/** @throws NftablesError */
export function listTables(client: NetlinkClient, family?: Family): TableRef[] {
  const tables: TableRef[] = [];
  const asked = family === undefined ? ALL_FAMILIES : familyNumber(family);
  try {
    client.dump(
      'list tables',
      (writer) => {
        beginNetfilter(writer, nftType(NFT_MSG_GETTABLE), NLM_F_REQUEST | NLM_F_DUMP, asked);
        writer.end();
      },
      ({ view, start, end }) => {
        const found = familyName(view.getUint8(start));
        const name = tableName(view, start + NFGENMSG_BYTES, end);
        if (found !== undefined) tables.push({ family: found, name });
      },
    );
  } catch (error) {
    throw asNftablesError(error);
  }
  return tables;
}

function tableName(view: DataView, start: number, end: number): string {
  const cursor = new AttributeCursor().enter(view, start, end);
  while (cursor.next()) if (cursor.type === NFTA_TABLE_NAME) return cursor.string();
  return '';
}
