/**
 * The bundles on disk, one file an incident: STATE_DIR/evidence/I42.tar, for root alone.
 *
 *   write I42.tar.new, fsync --> record its hashes, fsync --> rename, fsync of the folder
 *
 * A bundle that is in its place is in the ledger. After a death in between, {@link EvidenceShelf.recover} finishes what
 * was recorded and drops the rest.
 */
import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { MAX_BUNDLE_BYTES } from '../../evidence/bundle.ts';

const ID = /^I[1-9][0-9]{0,15}$/;
const BUNDLE = /^(I[1-9][0-9]{0,15})\.tar$/;
const UNFINISHED = /^(I[1-9][0-9]{0,15})\.tar\.new$/;

export interface KeptBundle {
  readonly incident: string;
  readonly bytes: number;
  /** When it was written; ms since the epoch. */
  readonly atMs: number;
}

export class EvidenceShelf {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file's name, which no text from outside is part of. @throws RangeError for what is no id of an incident */
  static nameOf(incident: string): string {
    if (!ID.test(incident)) throw new RangeError(`'${incident}' is no id of an incident`);
    return `${incident}.tar`;
  }

  /**
   * Keep a bundle. `record` is called once its bytes are safe, and it is in its place only after that.
   * @throws what the file system or `record` says, and then nothing is kept
   */
  async keep(incident: string, bytes: Uint8Array, record: () => Promise<void>): Promise<void> {
    const path = join(this.#folder, EvidenceShelf.nameOf(incident));
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    try {
      await writeSynced(`${path}.new`, bytes);
      await record();
      await rename(`${path}.new`, path);
      await this.#sync();
    } catch (error) {
      await rm(`${path}.new`, { force: true });
      throw error;
    }
  }

  /** All that are kept, the oldest first. */
  async list(): Promise<KeptBundle[]> {
    const kept = await Promise.all((await this.#names()).map((name) => this.#kept(name)));
    return kept.flatMap((one) => one ?? []).sort((one, other) => one.atMs - other.atMs);
  }

  async #kept(name: string): Promise<KeptBundle | undefined> {
    const incident = BUNDLE.exec(name)?.[1];
    if (incident === undefined) return undefined;
    const facts = await stat(join(this.#folder, name)).catch(() => undefined);
    return facts?.isFile() ? { incident, bytes: facts.size, atMs: facts.mtimeMs } : undefined;
  }

  async has(incident: string): Promise<boolean> {
    const facts = await stat(join(this.#folder, EvidenceShelf.nameOf(incident))).catch(() => undefined);
    return facts?.isFile() ?? false;
  }

  /** Its bytes, to be read to the end; undefined when there is none. */
  async read(incident: string): Promise<{ bytes: number; pieces: Readable } | undefined> {
    const handle = await open(join(this.#folder, EvidenceShelf.nameOf(incident))).catch(() => undefined);
    if (handle === undefined) return undefined;
    const { size } = await handle.stat();
    const pieces = createReadStream('', { fd: handle, start: 0, end: Math.max(0, size - 1) });
    return { bytes: size, pieces };
  }

  async delete(incident: string): Promise<void> {
    await rm(join(this.#folder, EvidenceShelf.nameOf(incident)), { force: true });
    await this.#sync();
  }

  /** After a death. `isRecorded`: whether the ledger has a bundle of this incident with this SHA-256. */
  async recover(isRecorded: (incident: string, sha256: string) => boolean): Promise<void> {
    for (const name of await this.#names()) {
      const incident = UNFINISHED.exec(name)?.[1];
      if (incident === undefined) continue;
      const path = join(this.#folder, name);
      const { size } = await stat(path);
      const sha256 = size > MAX_BUNDLE_BYTES ? '' : hash('sha256', await readFile(path), 'hex');
      if (isRecorded(incident, sha256)) await rename(path, path.slice(0, -'.new'.length));
      else await rm(path, { force: true });
      await this.#sync();
    }
  }

  async #names(): Promise<string[]> {
    return readdir(this.#folder).catch(() => []);
  }

  /** fsync(2): a name is safe when its folder is. */
  async #sync(): Promise<void> {
    const handle = await open(this.#folder);
    await handle.sync().finally(() => handle.close());
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await rm(path, { force: true });
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
