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
  NLM_F_ECHO,
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

export class Batch {
  readonly #confirm: boolean;
  /** Where messages begin in the buffer, in ascending order, and their sequence numbers. */
  readonly #messages: number[] = [];
  readonly #sequences: number[] = [];
  /** Where elements begin in the buffer, in ascending order, and which they are. */
  readonly #elements: number[] = [];
  readonly #numbers: number[] = [];
  #index = 0;

  /** @param confirm ask the kernel to tell what it took; see confirmation.ts */
  constructor(confirm = false) {
    this.#confirm = confirm;
  }

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
      const steps = STEPS[action];
      for (const [i, step] of steps.entries()) {
        const echo = this.#confirm && i === steps.length - 1 ? NLM_F_ECHO : 0;
        this.#writeStep(writer, step, echo, set, elements);
      }
      this.#index += elements.length;
    }
  }

  /** Which element, counted over all changes, the kernel objects to; undefined when it is about something else. */
  indexOf({ sequence, offset }: NetlinkError): number | undefined {
    const message = this.#messages[this.#sequences.indexOf(sequence ?? 0)];
    if (message === undefined || offset === undefined) return undefined;
    const found = this.#elements.findLastIndex((at) => at <= message + offset);
    return this.#elements[found] > message ? this.#numbers[found] : undefined;
  }

  #writeStep(
    writer: MessageWriter,
    step: Step,
    echo: number,
    set: ElementSet,
    elements: readonly SetElement[],
  ): void {
    const layout = layoutOf(set);
    const write = step === 'delete' ? writeElementKey : writeElement;
    for (let next = 0; next < elements.length; ) {
      this.#beginMessage(writer, step, echo, set);
      const start = writer.length;
      while (next < elements.length && writer.length - start < FULL_NEST_BYTES) {
        this.#elements.push(writer.length);
        this.#numbers.push(this.#index + next);
        write(writer, layout, elements[next++]);
      }
      writer.endNested();
      writer.end();
    }
  }

  #beginMessage(writer: MessageWriter, step: Step, echo: number, set: ElementSet): void {
    const { family, table, name } = set;
    const type = step === 'delete' ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM;
    const exclusive = step === 'new exclusively' ? NLM_F_EXCL : 0;
    const flags = NLM_F_REQUEST | NLM_F_ACK | echo | (step === 'delete' ? 0 : NLM_F_CREATE | exclusive);
    const at = writer.length;
    const number = beginNetfilter(writer, nftType(type), flags, familyNumber(family));
    this.#messages.push(at);
    this.#sequences.push(number);
    writer.string(NFTA_SET_ELEM_LIST_TABLE, table);
    writer.string(NFTA_SET_ELEM_LIST_SET, name);
    writer.beginNested(NFTA_SET_ELEM_LIST_ELEMENTS);
  }
}
