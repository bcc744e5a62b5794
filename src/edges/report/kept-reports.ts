/** The folder where reports that come by themselves are kept: each as HTML and as JSON, whole or not at all. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ReportError } from './errors.ts';

export interface KeptReport {
  readonly name: string;
  readonly bytes: number;
  readonly madeAtMs: number;
}

export interface WrittenReport {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

const PREFIX = 'penstock-';
/** Nothing else in the folder is ours. */
const NAME = /^penstock-[0-9]{4}-(?:[0-9]{2}(?:-[0-9]{2})?|W[0-9]{2})\.(?:html|json)$/;

export class KeptReports {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The newest first, by name. */
  list(): KeptReport[] {
    return this.#names().flatMap((name) => {
      try {
        const { size, mtimeMs } = statSync(join(this.#folder, name));
        return [{ name, bytes: size, madeAtMs: mtimeMs }];
      } catch {
        // It went meanwhile.
        return [];
      }
    });
  }

  /** Undefined for a name that is none of ours, whatever lies there. */
  read(name: string): Buffer | undefined {
    if (!NAME.test(name) || !this.#names().includes(name)) return undefined;
    try {
      return readFileSync(join(this.#folder, name));
    } catch {
      return undefined;
    }
  }

  has(period: string): boolean {
    return this.#names().includes(`${PREFIX}${period}.html`);
  }

  /** @throws ReportError PENSTOCK_REPORT_UNWRITABLE */
  write(period: string, kind: 'html' | 'json', text: string): WrittenReport {
    const name = `${PREFIX}${period}.${kind}`;
    const bytes = Buffer.from(text);
    const temporary = join(this.#folder, `.${name}.new`);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeWhole(temporary, bytes);
      renameSync(temporary, join(this.#folder, name));
    } catch (cause) {
      removeQuietly(temporary);
      throw new ReportError('PENSTOCK_REPORT_UNWRITABLE', `${name}: ${(cause as Error).message}`, { cause });
    }
    return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  /** Only the newest `keep` of the same kind of time stay. */
  prune(period: string, keep: number): void {
    const kind = kindOf(period);
    const periods = new Set(
      this.#names()
        .map(periodOf)
        .filter((each) => kindOf(each) === kind),
    );
    for (const old of [...periods].toSorted().toReversed().slice(keep)) {
      for (const end of ['html', 'json'])
        rmSync(join(this.#folder, `${PREFIX}${old}.${end}`), { force: true });
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => NAME.test(name))
        .toSorted()
        .toReversed();
    } catch {
      return [];
    }
  }
}

/** A name never tells of a file that is not on the disk. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** It may never have been there. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Why it could not be written says more.
  }
}

function periodOf(name: string): string {
  return name.slice(PREFIX.length, name.lastIndexOf('.'));
}

function kindOf(period: string): string {
  return period.includes('W') ? 'week' : period.length === 7 ? 'month' : 'day';
}
