/**
 * A transaction of element changes. The kernel takes all of it or nothing:
 *
 *   BATCH_BEGIN  [GENID]                       resource id: nf_tables
 *   NEWSETELEM   TABLE, SET, ELEMENTS [...]    at most 64 KiB of elements a message,
 *   DELSETELEM   TABLE, SET, ELEMENTS [...]    so a change may need several
 *   ...
 *   BATCH_END
 */
import {
  beginNetfilter,
  type MessageWriter,
  type NetlinkError,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REQUEST,
} from 'node-netlink';
import { familyNumber } from '../document/index.ts';
import {
  NFNL_BATCH_GENID,
  NFT_MSG_DELSETELEM,
  NFT_MSG_NEWSETELEM,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_ELEM_LIST_TABLE,
  nftType,
} from '../netlink/nf-tables.ts';
import { type ElementChange, STEPS, type Step } from './change.ts';
import { type ElementSet, layoutOf, type SetElement } from './element.ts';
import { writeElement, writeElementKey } from './element-writer.ts';

/** An attribute ends at 65,535 bytes; the largest element needs less than the rest. */
const FULL_NEST_BYTES = 64_000;

/** Where things begin in the buffer, in ascending order. */
interface Mark {
  readonly at: number;
  /** Sequence number of a message, or index of an element. */
  readonly number: number;
}

export class Batch {
  readonly #messages: Mark[] = [];
  readonly #elements: Mark[] = [];
  #index = 0;

  write(writer: MessageWriter, changes: readonly ElementChange[], generation?: number): void {
    beginNetfilter(writer, NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
    if (generation !== undefined) writer.networkU32(NFNL_BATCH_GENID, generation);
    writer.end();
    this.writeChanges(writer, changes);
    beginNetfilter(writer, NFNL_MSG_BATCH_END, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
    writer.end();
  }

  /** What stands between begin and end of a transaction. */
  writeChanges(writer: MessageWriter, changes: readonly ElementChange[]): void {
    for (const { action, set, elements } of changes) {
      for (const step of STEPS[action]) this.#writeStep(writer, step, set, elements);
      this.#index += elements.length;
    }
  }

  /** Which element, counted over all changes, the kernel objects to; undefined when it is about something else. */
  indexOf({ sequence, offset }: NetlinkError): number | undefined {
    const message = this.#messages.find(({ number }) => number === sequence);
    if (message === undefined || offset === undefined) return undefined;
    const found = this.#elements.findLast(({ at }) => at <= message.at + offset);
    return found !== undefined && found.at > message.at ? found.number : undefined;
  }

  #writeStep(writer: MessageWriter, step: Step, set: ElementSet, elements: readonly SetElement[]): void {
    const layout = layoutOf(set);
    const write = step === 'delete' ? writeElementKey : writeElement;
    for (let next = 0; next < elements.length; ) {
      this.#beginMessage(writer, step, set);
      const start = writer.length;
      while (next < elements.length && writer.length - start < FULL_NEST_BYTES) {
        this.#elements.push({ at: writer.length, number: this.#index + next });
        write(writer, layout, elements[next++]);
      }
      writer.endNested();
      writer.end();
    }
  }

  #beginMessage(writer: MessageWriter, step: Step, { family, table, name }: ElementSet): void {
    const type = step === 'delete' ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM;
    const exclusive = step === 'new exclusively' ? NLM_F_EXCL : 0;
    const flags = NLM_F_REQUEST | NLM_F_ACK | (step === 'delete' ? 0 : NLM_F_CREATE | exclusive);
    const at = writer.length;
    const number = beginNetfilter(writer, nftType(type), flags, familyNumber(family));
    this.#messages.push({ at, number });
    writer.string(NFTA_SET_ELEM_LIST_TABLE, table);
    writer.string(NFTA_SET_ELEM_LIST_SET, name);
    writer.beginNested(NFTA_SET_ELEM_LIST_ELEMENTS);
  }
}
