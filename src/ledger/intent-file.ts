/**
 * The memory of an intent: a file beside the ledger (`ledger.db.intent`), mapped. What is stored there is in the
 * kernel's page cache at once, and outlives the process, not the machine (mmap(2), MAP_SHARED).
 *
 * It has its place on the disk from the beginning: a store to a page that there is no room for would end the process
 * (SIGBUS). A file system that writes to a new place each time (btrfs, ZFS) promises less than that.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import koffi from 'koffi';
import { LedgerError, type LedgerErrorCode } from './errors.ts';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_FAILED = BigInt.asUintN(64, -1n);
const [EINTR, EFBIG, ENOSPC, EDQUOT] = [4, 27, 28, 122];

const libc = koffi.load('libc.so.6');
/** Returns the error's number. */
const allocate: (fd: number, offset: number, length: number) => number = libc.func(
  'int posix_fallocate(int fd, int64_t offset, int64_t length)',
);
const mmap: (
  address: null,
  length: number,
  protection: number,
  flags: number,
  fd: number,
  offset: number,
) => bigint = libc.func(
  'void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)',
);
const munmap: (address: bigint, length: number) => number = libc.func(
  'int munmap(void *address, size_t length)',
);

export class IntentFile {
  /** Not to be touched after `close`. */
  readonly memory: ArrayBuffer;
  readonly #address: bigint;
  #isMapped = true;

  /** Of `size` bytes; made (mode 0600) unless it is there. @throws LedgerError */
  constructor(ledgerPath: string, size: number) {
    const path = `${ledgerPath}.intent`;
    const fd = opened(path);
    try {
      this.#address = mapped(fd, path, size);
    } finally {
      closeSync(fd);
    }
    this.memory = koffi.view(this.#address, size);
  }

  close(): void {
    // Somebody else's memory may lie there the next time.
    if (!this.#isMapped) return;
    this.#isMapped = false;
    munmap(this.#address, this.memory.byteLength);
  }
}

/** Nobody leads the daemon's pen elsewhere by a link. */
function opened(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  try {
    return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    throw new LedgerError(
      code === 'ENOSPC' ? 'PENSTOCK_LEDGER_FULL' : 'PENSTOCK_LEDGER_UNREADABLE',
      `ledger: ${message}`,
      { cause },
    );
  }
}

function mapped(fd: number, path: string, size: number): bigint {
  if (!fstatSync(fd).isFile()) throw refused('PENSTOCK_LEDGER_UNREADABLE', path, 'it is no file');
  let error: number;
  do error = allocate(fd, 0, size);
  while (error === EINTR);
  if ([EFBIG, ENOSPC, EDQUOT].includes(error))
    throw refused('PENSTOCK_LEDGER_FULL', path, 'no space is left');
  if (error !== 0) throw refused('PENSTOCK_LEDGER_IO', path, `posix_fallocate: errno ${error}`);
  const address = mmap(null, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (address === MAP_FAILED) throw refused('PENSTOCK_LEDGER_IO', path, `mmap: errno ${koffi.errno()}`);
  return address;
}

function refused(code: LedgerErrorCode, path: string, problem: string): LedgerError {
  return new LedgerError(code, `ledger: ${path}: ${problem}`);
}
