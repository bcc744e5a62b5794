/**
 * The last good content of feeds from URLs, so that a start needs no network and age counts over restarts.
 *
 *   STATE_DIR/deny-lists/           0700
 *     drop-1f3a….json               0600   what is known of it: URL, digest, when it was fetched, validators
 *     drop-1f3a…-9b2c….data         0600   the content, its name made of its digest
 *
 * The data is there before the description names it, and both appear by renaming: whatever the last run was doing
 * when it ended, a description leads to whole content or to none. Content is believed only by its digest.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { FeedContent } from '../../policy/feed/feed.ts';
import type { Validators } from './download.ts';

export interface StoredFeed {
  readonly content: FeedContent;
  readonly bytes: Buffer;
  readonly validators: Validators;
}

const description = z.object({
  url: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  fetchedAtMs: z.number(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
});
type Description = z.infer<typeof description>;

/** Content of lists that no policy in force names is kept for a rollback. */
const KEEP_UNUSED_MS = 30 * 24 * 3_600_000;

export class FeedStore {
  readonly #folder: string;

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'deny-lists');
  }

  /** Undefined when there is none, or it is not what was kept. */
  async load(list: string, url: string): Promise<StoredFeed | undefined> {
    try {
      const known = description.parse(
        JSON.parse((await read(this.#path(`${keyOf(list, url)}.json`))).toString()),
      );
      if (known.url !== url) return undefined;
      const bytes = await read(this.#path(dataName(keyOf(list, url), known.sha256)));
      if (sha256(bytes) !== known.sha256) return undefined;
      const { fetchedAtMs, etag, lastModified } = known;
      return { content: { sha256: known.sha256, fetchedAtMs }, bytes, validators: { etag, lastModified } };
    } catch {
      // Not there, not readable, not JSON: in each case the content is fetched anew.
      return undefined;
    }
  }

  /** @throws the system's error */
  async save(list: string, url: string, stored: StoredFeed): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const key = keyOf(list, url);
    const data = dataName(key, stored.content.sha256);
    await this.#write(data, stored.bytes);
    await this.confirm(list, url, stored);
    await this.#remove((name) => name.startsWith(`${key}-`) && name !== data);
  }

  /** The content that is kept was fetched, or found to be the same, at another time. @throws the system's error */
  async confirm(
    list: string,
    url: string,
    { content, validators }: Omit<StoredFeed, 'bytes'>,
  ): Promise<void> {
    const known: Description = { url, ...content, ...validators };
    await this.#write(`${keyOf(list, url)}.json`, Buffer.from(`${JSON.stringify(known)}\n`));
  }

  /** Remove what was not used for long; `used`: lists of the policy in force, with their URLs. */
  async prune(used: readonly { readonly id: string; readonly url: string }[], nowMs: number): Promise<void> {
    const keys = used.map(({ id, url }) => keyOf(id, url));
    const isOld = async (name: string) =>
      !keys.some((key) => name.startsWith(key)) &&
      nowMs - (await stat(this.#path(name))).mtimeMs > KEEP_UNUSED_MS;
    await this.#remove(isOld);
  }

  async #write(name: string, bytes: Buffer): Promise<void> {
    const draft = this.#path(`.${name}.${process.pid}`);
    await rm(draft, { force: true });
    const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
    await using file = await open(draft, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
    await file.writeFile(bytes);
    await file.sync();
    await rename(draft, this.#path(name));
  }

  async #remove(goes: (name: string) => boolean | Promise<boolean>): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (await goes(name)) await rm(this.#path(name), { force: true });
    }
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The name of a list is safe in a file's name; one list may be fetched from several URLs, one after the other. */
function keyOf(list: string, url: string): string {
  return `${list}-${sha256(Buffer.from(url)).slice(0, 16)}`;
}

function dataName(key: string, digest: string): string {
  return `${key}-${digest.slice(0, 16)}.data`;
}

async function read(path: string): Promise<Buffer> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  return await file.readFile();
}
