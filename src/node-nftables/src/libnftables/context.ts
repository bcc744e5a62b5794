/**
 * One `struct nft_ctx`: commands in, text out. It holds a netlink socket of the network namespace that the calling
 * thread was in when it was made.
 */
import { NftablesError } from '../errors.ts';
import { type ContextPointer, type Library, library } from './library.ts';

/** NFT_CTX_OUTPUT_* of nftables/libnftables.h. */
const OUTPUT_JSON = 1 << 4;
const OUTPUT_NUMERIC_PROTO = 1 << 7;
const OUTPUT_NUMERIC_TIME = 1 << 10;
const OUTPUT_TERSE = 1 << 11;
/** Numbers for protocols and times: their names depend on files and the time zone of the machine. */
const OUTPUT = OUTPUT_JSON | OUTPUT_NUMERIC_PROTO | OUTPUT_NUMERIC_TIME;

export interface Outcome {
  readonly succeeded: boolean;
  readonly output: string;
  readonly error: string;
}

export class Context implements Disposable {
  readonly #library: Library;
  #pointer: ContextPointer | null;

  /** @throws NftablesError NFTABLES_LIBRARY */
  constructor() {
    this.#library = library();
    this.#pointer = this.#library.newContext(0);
    const pointer = this.#open();
    if (this.#library.bufferOutput(pointer) !== 0 || this.#library.bufferError(pointer) !== 0) {
      throw closedOrExhausted();
    }
  }

  /** Hand over JSON, or `text`. `dryRun` lets the kernel check everything and then drops it. */
  run(commands: string, { dryRun = false, terse = false, text = false } = {}): Outcome {
    const pointer = this.#open();
    const flags = (text ? OUTPUT & ~OUTPUT_JSON : OUTPUT) | (terse ? OUTPUT_TERSE : 0);
    this.#library.setOutputFlags(pointer, flags);
    this.#library.setDryRun(pointer, dryRun);
    const result = this.#library.run(pointer, commands);
    const output = this.#library.output(pointer);
    return { succeeded: result === 0, output, error: this.#library.error(pointer) };
  }

  /** @throws NftablesError NFTABLES_LIBRARY */
  checkOpen(): void {
    this.#open();
  }

  close(): void {
    if (this.#pointer === null) return;
    this.#library.freeContext(this.#pointer);
    this.#pointer = null;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): ContextPointer {
    if (this.#pointer === null) throw closedOrExhausted();
    return this.#pointer;
  }
}

function closedOrExhausted(): NftablesError {
  return new NftablesError({
    operation: 'libnftables',
    code: 'NFTABLES_LIBRARY',
    problem: 'the context is closed, or there is no memory for one',
  });
}
