/**
 * The named counters of a table, read at a cost that does not depend on the elements of its sets (NFT_MSG_GETOBJ):
 *
 *   TABLE   NAME   TYPE   DATA { BYTES, PACKETS }
 */
import {
  AttributeCursor,
  beginNetfilter,
  type NetlinkClient,
  NFGENMSG_BYTES,
  NLM_F_DUMP,
  NLM_F_REQUEST,
} from 'node-netlink';
import { familyNumber, type TableRef } from '../document/index.ts';
import {
  NFT_MSG_GETOBJ,
  NFTA_COUNTER_BYTES,
  NFTA_COUNTER_PACKETS,
  NFTA_OBJ_DATA,
  NFTA_OBJ_NAME,
  NFTA_OBJ_TYPE,
  nftType,
} from './nf-tables.ts';

const NFTA_OBJ_TABLE = 1;
const NFT_OBJECT_COUNTER = 1;

/** Doubles: exact up to 2^53. */
export interface CounterReading {
  readonly packets: number;
  readonly bytes: number;
}

/** By name; empty when there is no such table. @throws NetlinkError */
export function readCounters(client: NetlinkClient, { family, name }: TableRef): Map<string, CounterReading> {
  const found = new Map<string, CounterReading>();
  client.dump(
    'list counters',
    (writer) => {
      beginNetfilter(writer, nftType(NFT_MSG_GETOBJ), NLM_F_REQUEST | NLM_F_DUMP, familyNumber(family));
      writer.string(NFTA_OBJ_TABLE, name);
      writer.networkU32(NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER);
      writer.end();
    },
    ({ view, start, end }) => {
      const counter = readCounter(view, start + NFGENMSG_BYTES, end);
      // Older kernels give the objects of all tables.
      if (counter.table === name) found.set(counter.name, counter);
    },
  );
  return found;
}

function readCounter(view: DataView, start: number, end: number) {
  const counter = { table: '', name: '', packets: 0, bytes: 0 };
  const cursor = new AttributeCursor().enter(view, start, end);
  while (cursor.next()) {
    if (cursor.type === NFTA_OBJ_TABLE) counter.table = cursor.string();
    else if (cursor.type === NFTA_OBJ_NAME) counter.name = cursor.string();
    else if (cursor.type === NFTA_OBJ_DATA) {
      const data = new AttributeCursor().enter(view, cursor.start, cursor.end);
      while (data.next()) {
        if (data.type === NFTA_COUNTER_PACKETS) counter.packets = data.networkU64();
        else if (data.type === NFTA_COUNTER_BYTES) counter.bytes = data.networkU64();
      }
    }
  }
  return counter;
}
