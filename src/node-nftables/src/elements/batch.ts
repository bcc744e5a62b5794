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

/** @param confirm ask the kernel to tell what it took; see confirmation.ts */
export function writeBatch(
  writer: MessageWriter,
  changes: readonly ElementChange[],
  confirm: boolean,
  generation?: number,
): void {
  beginNetfilter(writer, NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
  if (generation !== undefined) writer.networkU32(NFNL_BATCH_GENID, generation);
  writer.end();
  writeChanges(writer, changes, confirm);
  beginNetfilter(writer, NFNL_MSG_BATCH_END, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
  writer.end();
}

/** What stands between begin and end of a transaction. Of elements these messages alone ask for an acknowledgement. */
export function writeChanges(
  writer: MessageWriter,
  changes: readonly ElementChange[],
  confirm: boolean,
): void {
  for (let i = 0; i < changes.length; i++) {
    const { action, set, elements } = changes[i];
    const steps = STEPS[action];
    for (let step = 0; step < steps.length; step++) {
      const echo = confirm && step === steps.length - 1 ? NLM_F_ECHO : 0;
      writeStep(writer, steps[step], echo, set, elements);
    }
  }
}

function writeStep(
  writer: MessageWriter,
  step: Step,
  echo: number,
  set: ElementSet,
  elements: readonly SetElement[],
): void {
  const layout = layoutOf(set);
  const write = step === 'delete' ? writeElementKey : writeElement;
  for (let next = 0; next < elements.length; ) {
    beginMessage(writer, step, echo, set);
    const start = writer.length;
    while (next < elements.length && writer.length - start < FULL_NEST_BYTES)
      write(writer, layout, elements[next++]);
    writer.endNested();
    writer.end();
  }
}

function beginMessage(writer: MessageWriter, step: Step, echo: number, set: ElementSet): void {
  const { family, table, name } = set;
  const type = step === 'delete' ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM;
  const exclusive = step === 'new exclusively' ? NLM_F_EXCL : 0;
  const flags = NLM_F_REQUEST | NLM_F_ACK | echo | (step === 'delete' ? 0 : NLM_F_CREATE | exclusive);
  beginNetfilter(writer, nftType(type), flags, familyNumber(family));
  writer.string(NFTA_SET_ELEM_LIST_TABLE, table);
  writer.string(NFTA_SET_ELEM_LIST_SET, name);
  writer.beginNested(NFTA_SET_ELEM_LIST_ELEMENTS);
}
