import { NftablesError } from '../errors.ts';
import type { ElementSet, SetElement } from './element.ts';

/**
 * - `add`: it may be there already; then it keeps its comment, before kernel 6.12 also its timeout
 * - `create`: it must not be there yet
 * - `delete`: it must be there
 * - `refresh`: afterwards it is there exactly as given, whether it was there before or not
 * - `discard`: afterwards it is not there, whether it was there before or not
 */
export type ElementAction = 'add' | 'create' | 'delete' | 'refresh' | 'discard';

export interface ElementChange {
  readonly action: ElementAction;
  readonly set: ElementSet;
  readonly elements: readonly SetElement[];
}

export interface ApplyOptions {
  /** Do nothing, and fail with `isGenerationChanged`, when this is no longer the generation. */
  readonly generation?: number;
  /**
   * Up to {@link MAX_WHOLE_ELEMENTS} in one batch. Only where the send buffer may be as large (CAP_NET_ADMIN in the
   * initial user namespace); else it fails with `isTooLarge` and nothing is done.
   */
  readonly whole?: boolean;
  /** Have the kernel tell each element as it took it, and compare. Not of more than {@link MAX_TOLD_ELEMENTS}. */
  readonly confirm?: boolean;
}

/** One batch takes no more elements: the kernel takes a batch as one buffer. */
export const MAX_BATCH_ELEMENTS = 4_000;
/** Of some 100 bytes each, three times for `refresh`: they fit the send buffer. */
export const MAX_WHOLE_ELEMENTS = 400_000;

/**
 * Of more elements in a transaction nobody is told. Whoever listens to changes of the ruleset, and whoever has them told
 * back, makes the kernel keep a message of 8 KiB for each element until the end of the transaction (NLMSG_GOODSIZE in
 * nf_tables_setelem_notify, nft_commit_notify in net/netfilter/nf_tables_api.c): 85 MB for these, 3 GB for the most.
 */
export const MAX_TOLD_ELEMENTS = 10_000;

/** Whether somebody is told of them. */
export function areTold(changes: readonly ElementChange[]): boolean {
  let told = 0;
  for (let i = 0; i < changes.length; i++)
    told += changes[i].elements.length * STEPS[changes[i].action].length;
  return told <= MAX_TOLD_ELEMENTS;
}

/** Message types that make up an action, in order. All are in one batch, so nobody sees a step between. */
export type Step = 'new' | 'new exclusively' | 'delete';
export const STEPS: Readonly<Record<ElementAction, readonly Step[]>> = {
  add: ['new'],
  create: ['new exclusively'],
  delete: ['delete'],
  // The first step makes the deletion safe: an element may expire at any time.
  refresh: ['new', 'delete', 'new'],
  discard: ['new', 'delete'],
};

/** Elements in the changes. @throws NftablesError NFTABLES_INVALID when they do not fit one batch */
export function checkBatchSize(changes: readonly ElementChange[], most = MAX_BATCH_ELEMENTS): number {
  let count = 0;
  for (let i = 0; i < changes.length; i++) count += changes[i].elements.length;
  if (count <= most) return count;
  const problem = `${count} elements in one batch, which takes ${most}`;
  throw new NftablesError({ operation: 'change elements', code: 'NFTABLES_INVALID', problem });
}
