/** Typed nftables for Node.js. See README.md. */
export * from './canonical-listing.ts';
export * from './document/index.ts';
export type * from './driver.ts';
export {
  isAlreadyExists,
  isBusy,
  isGenerationChanged,
  isInterrupted,
  isNotFound,
  isPermission,
  isSetFull,
  isTooLarge,
  type NftablesCode,
  NftablesError,
  type NftablesFailure,
} from './errors.ts';
export { Nftables } from './libnftables/nftables.ts';
export { type CommandRunner, Transaction } from './transaction.ts';
