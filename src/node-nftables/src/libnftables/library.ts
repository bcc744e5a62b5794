/** The functions of libnftables.so.1 (nftables/libnftables.h). */
import koffi from 'koffi';
import { NftablesError } from '../errors.ts';

/** struct nft_ctx; never looked into. */
export type ContextPointer = NonNullable<unknown>;

export interface Library {
  newContext(flags: number): ContextPointer | null;
  freeContext(context: ContextPointer): void;
  setOutputFlags(context: ContextPointer, flags: number): void;
  setDryRun(context: ContextPointer, dry: boolean): void;
  bufferOutput(context: ContextPointer): number;
  bufferError(context: ContextPointer): number;
  output(context: ContextPointer): string;
  error(context: ContextPointer): string;
  run(context: ContextPointer, commands: string): number;
}

let loaded: Library | undefined;

/** Loaded at first use, so that types and the fake need no library. @throws NftablesError NFTABLES_LIBRARY */
export function library(): Library {
  loaded ??= load();
  return loaded;
}

function load(): Library {
  try {
    const nft = koffi.load('libnftables.so.1');
    return {
      newContext: nft.func('void *nft_ctx_new(uint32_t flags)'),
      freeContext: nft.func('void nft_ctx_free(void *ctx)'),
      setOutputFlags: nft.func('void nft_ctx_output_set_flags(void *ctx, unsigned int flags)'),
      setDryRun: nft.func('void nft_ctx_set_dry_run(void *ctx, bool dry)'),
      bufferOutput: nft.func('int nft_ctx_buffer_output(void *ctx)'),
      bufferError: nft.func('int nft_ctx_buffer_error(void *ctx)'),
      output: nft.func('const char *nft_ctx_get_output_buffer(void *ctx)'),
      error: nft.func('const char *nft_ctx_get_error_buffer(void *ctx)'),
      run: nft.func('int nft_run_cmd_from_buffer(void *ctx, const char *buf)'),
    };
  } catch (cause) {
    throw new NftablesError({
      operation: 'load libnftables',
      code: 'NFTABLES_LIBRARY',
      problem: 'libnftables.so.1 cannot be loaded (Debian: package libnftables1)',
      cause,
    });
  }
}
