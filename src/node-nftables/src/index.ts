/** Typed nftables for Node.js. See README.md. */
export * from './canonical-listing.ts';
export type * from './changes/change.ts';
export { RulesetMonitor, type RulesetMonitorOptions } from './changes/ruleset-monitor.ts';
export * from './document/index.ts';
export type * from './driver.ts';
export {
  type ApplyOptions,
  type ElementAction,
  type ElementChange,
  MAX_BATCH_ELEMENTS,
  MAX_TOLD_ELEMENTS,
  MAX_WHOLE_ELEMENTS,
} from './elements/change.ts';
export type { ElementCounter, ElementSet, ElementValue, SetElement } from './elements/element.ts';
export type { WireElement } from './elements/element-reader.ts';
export { decodeKey, encodeKey, type KeyRange } from './elements/key.ts';
export { SetElements, type SetElementsOptions } from './elements/set-elements.ts';
export {
  isAlreadyExists,
  isBusy,
  isGenerationChanged,
  isInterrupted,
  isNotFound,
  isOverrun,
  isPermission,
  isSetFull,
  isTooLarge,
  type NftablesCode,
  NftablesError,
  type NftablesFailure,
} from './errors.ts';
export type { TableImage } from './image/table-image.ts';
export type { RestoreOptions } from './image/table-restoration.ts';
export { Nftables } from './libnftables/nftables.ts';
export type { CounterReading } from './netlink/counters.ts';
export type { Generation } from './netlink/generation.ts';
export { addQueueTarget, type QueueRule } from './netlink/queue-target.ts';
export type { TableState } from './netlink/table-state.ts';
export { type CommandRunner, Transaction } from './transaction.ts';
