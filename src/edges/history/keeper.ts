/** The thread's own work: takes drains in pieces, writes them, answers questions. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DrainedTraffic } from '../../engine/traffic-totals.ts';
import { fileBytes } from './database.ts';
import { guarded, HistoryError } from './errors.ts';
import { Geography } from './geography.ts';
import { HistoryQueries } from './queries.ts';
import { HistoryStore } from './store.ts';
import {
  type KeeperSettings,
  type RequestName,
  type RequestParams,
  type RequestResult,
  stepFor,
  type Written,
} from './wire.ts';

/** What the file system must have left: the ledger needs it more, for without the ledger nothing is blocked. */
const SPARE_BYTES = 64 * 2 ** 20;

/** Bytes that are left on the file system of a folder. */
export type FreeBytes = (folder: string) => number;

export class Keeper {
  readonly #settings: KeeperSettings;
  readonly #store: HistoryStore;
  readonly #queries: HistoryQueries;
  readonly #freeBytes: FreeBytes;
  #pieces: DrainedTraffic[] = [];

  /** @throws HistoryError */
  constructor(settings: KeeperSettings, freeBytes: FreeBytes = bytesFree) {
    this.#settings = settings;
    this.#freeBytes = freeBytes;
    this.#store = new HistoryStore(settings);
    this.#queries = new HistoryQueries(this.#store.db, new Geography(settings.geography));
  }

  /** @throws HistoryError */
  handle<N extends RequestName>(name: N, params: RequestParams<N>, nowMs: number): RequestResult<N> {
    return this.#answers[name](params, nowMs) as RequestResult<N>;
  }

  readonly #answers: { [N in RequestName]: (params: RequestParams<N>, nowMs: number) => RequestResult<N> } = {
    piece: (piece) => {
      this.#pieces.push(piece);
      return undefined;
    },
    write: ({ atMs, nowMs }) => this.#write(atMs, nowMs),
    series: (question) => guarded(() => this.#queries.series(question)),
    top: (question, nowMs) => guarded(() => this.#queries.top(question, this.#step(question, nowMs))),
    ruleUses: ({ limit, ...filter }, nowMs) =>
      guarded(() => this.#queries.ruleUses(filter, this.#step(filter, nowMs), limit)),
    close: () => {
      this.#store.close();
      return undefined;
    },
  };

  #step({ fromMs, toMs }: { fromMs: number; toMs: number }, nowMs: number) {
    return stepFor(fromMs, toMs, this.#settings.keep, nowMs);
  }

  #write(atMs: number, nowMs: number): Written {
    const pieces = this.#pieces;
    this.#pieces = [];
    const free = this.#freeBytes(dirname(this.#settings.path));
    if (free < SPARE_BYTES) {
      throw new HistoryError(
        'PENSTOCK_HISTORY_FULL',
        `history: ${Math.floor(free / 2 ** 20)} MiB are left on the disk, and the ledger needs them more`,
      );
    }
    const rows = this.#store.add(
      {
        rows: pieces.flatMap((piece) => piece.rows),
        groups: Object.assign({}, ...pieces.map((piece) => piece.groups)),
        names: Object.assign({}, ...pieces.map((piece) => piece.names)),
      },
      atMs,
    );
    this.#store.tend(nowMs);
    return { rows, fileBytes: fileBytes(this.#store.db) };
  }
}

function bytesFree(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
