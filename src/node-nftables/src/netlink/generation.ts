/** The number of the ruleset, one more with each transaction, and who made it (enum nft_gen_attributes). */
import {
  AttributeCursor,
  beginNetfilter,
  type MessageWriter,
  type NetlinkClient,
  NFGENMSG_BYTES,
  NLM_F_ACK,
  NLM_F_REQUEST,
} from 'node-netlink';
import { asNftablesError } from './failure.ts';
import { NFT_MSG_GETGEN, NFTA_GEN_ID, NFTA_GEN_PROC_NAME, NFTA_GEN_PROC_PID, nftType } from './nf-tables.ts';

export interface Generation {
  /** 32 bits; wraps around past 2^32 - 1, and is never 0. */
  readonly id: number;
  /** The kernel's number of the thread (a thread id, as the initial pid namespace counts). */
  readonly processId: number;
  /** Name of the thread, at most 15 bytes. */
  readonly processName: string;
}

/**
 * The generation now. The kernel fills in the asking thread as the process, so this also tells under which number
 * changes of this thread are announced.
 * @throws NftablesError
 */
export function readGeneration(client: NetlinkClient): Generation {
  let generation: Generation = { id: 0, processId: 0, processName: '' };
  try {
    client.request('get generation', getGeneration, (message) => {
      generation = decodeGeneration(message.view, message.start + NFGENMSG_BYTES, message.end);
    });
  } catch (error) {
    throw asNftablesError(error);
  }
  return generation;
}

export function decodeGeneration(view: DataView, start: number, end: number): Generation {
  const cursor = new AttributeCursor().enter(view, start, end);
  let [id, processId, processName] = [0, 0, ''];
  while (cursor.next()) {
    if (cursor.type === NFTA_GEN_ID) id = cursor.networkU32();
    else if (cursor.type === NFTA_GEN_PROC_PID) processId = cursor.networkU32();
    else if (cursor.type === NFTA_GEN_PROC_NAME) processName = cursor.string();
  }
  return { id, processId, processName };
}

function getGeneration(writer: MessageWriter): void {
  beginNetfilter(writer, nftType(NFT_MSG_GETGEN), NLM_F_REQUEST | NLM_F_ACK);
  writer.end();
}
