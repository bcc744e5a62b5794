/**
 * Follows the ledger, and keeps the evidence of incidents that the policy wants it of.
 *
 *   ledger --> incident opened, or its severity rose --> wanted? --> Collection --> shelf
 *                                                          |             |
 *                                  too many at once -------+-------------+---- disk full, ...: evidence.failed
 *
 * An incident goes on whatever becomes of its evidence. What a daemon that died had begun is begun again at the next
 * start, with what is left of it.
 */
import { setImmediate } from 'node:timers/promises';
import type { EngineControl } from '../../engine/commands.ts';
import type { Incident, Severity } from '../../incident/incident.ts';
import type { Entry, EntryDraft } from '../../ledger/entry.ts';
import { incidentOf } from '../../ledger/entry.ts';
import type { EvidenceSettings } from '../../policy/schema/evidence.ts';
import { Collection, type CollectionParts } from './collection.ts';
import { EvidenceShelf } from './evidence-shelf.ts';
import { outdated } from './retention.ts';

/** In a flood of incidents the first ones tell most. */
const MOST_AT_ONCE = 64;
const PAGE = 200;
/** Looked through in some milliseconds. */
const ENTRIES_AT_ONCE = 10_000;
/** What happened so long before a start may have been begun and not sealed. */
const LOOK_BACK_MS = 15 * 60_000;
const SWEEP_EVERY_MS = 3_600_000;
/** Failures that wait for a ledger that takes them; of more, the log and the count tell. */
const MOST_UNTOLD = 100;
const SEVERITIES: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

export interface CollectorParts extends CollectionParts {
  readonly engine: Pick<EngineControl, 'call'>;
  readonly shelf: EvidenceShelf;
  readonly log: { warn(message: string): void };
}

export interface CollectorCounts {
  /** On disk. */
  readonly bundles: number;
  readonly bytes: number;
  readonly collecting: number;
  readonly sealed: number;
  readonly failed: number;
  readonly deleted: number;
}

interface Open {
  readonly collection: Collection;
  readonly timer: NodeJS.Timeout;
}

export class EvidenceCollector {
  readonly #parts: CollectorParts;
  readonly #open = new Map<string, Open>();
  /** Sealed, failed or being begun since the start. */
  readonly #known = new Set<string>();
  #cursor = 0;
  #following: Promise<void> | undefined;
  #again = false;
  /** One after the other, so that memory and disk have one bundle at a time. */
  #sealing: Promise<void> = Promise.resolve();
  /** What could not even be recorded: the disk that is full for a bundle is often the ledger's. The oldest first. */
  #untold: EntryDraft[] = [];
  #sweeper: NodeJS.Timeout | undefined;
  #stopped = false;
  #sealed = 0;
  #failed = 0;
  #deleted = 0;
  #kept = { bundles: 0, bytes: 0 };

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /** Finish what a death left unfinished, and begin to follow the ledger. */
  async start(): Promise<void> {
    const { ledger, now } = this.#parts;
    await this.#recover();
    this.#cursor = ledger.firstSince(now() - LOOK_BACK_MS) - 1;
    this.#sweeper = setInterval(() => void this.#sweepSoon(), SWEEP_EVERY_MS);
    this.#sweeper.unref();
    this.#sweepSoon();
    this.wake();
  }

  async #recover(): Promise<void> {
    const { shelf, ledger, log } = this.#parts;
    const isRecorded = (incident: string, sha256: string) => {
      const [entry] = ledger.entries({ type: 'evidence', subject: incident, order: 'newest', limit: 1 });
      return entry?.type === 'evidence.sealed' && entry.body.bundleSha256 === sha256;
    };
    try {
      await shelf.recover(isRecorded);
    } catch (error) {
      log.warn(`bundles of evidence cannot be looked at: ${(error as Error).message}`);
    }
  }

  /** There may be new entries in the ledger. */
  wake(): void {
    this.#again = true;
    this.#following ??= this.#follow().finally(() => {
      this.#following = undefined;
    });
  }

  get counts(): CollectorCounts {
    return {
      ...this.#kept,
      collecting: this.#open.size,
      sealed: this.#sealed,
      failed: this.#failed,
      deleted: this.#deleted,
    };
  }

  isCollecting(incident: string): boolean {
    return this.#open.has(incident);
  }

  /** Seal what is open as it is. The engine must still answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweeper);
    await this.#following;
    for (const id of [...this.#open.keys()]) this.#seal(id);
    await this.#sealing;
  }

  /** Done with all that was to be done until now; for tests. */
  async settled(): Promise<void> {
    await this.#following;
    await this.#sealing;
  }

  async #follow(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const { ledger } = this.#parts;
      await this.#tellFailures();
      const head = ledger.head().seq;
      const last = Math.min(this.#cursor + ENTRIES_AT_ONCE, head);
      const entries = ledger.entries({
        type: 'incident',
        after: this.#cursor,
        before: last + 1,
        limit: PAGE,
      });
      // Once for many: the engine has blocks to push.
      const settings = entries.some(isNews) ? await this.#settings() : undefined;
      for (const entry of entries) {
        this.#cursor = entry.seq;
        const incident = incidentOf(entry);
        if (isNews(entry) && incident !== undefined && settings !== undefined)
          await this.#consider(incident, settings);
      }
      if (entries.length < PAGE) this.#cursor = last;
      this.#again ||= this.#cursor < head;
      // After a start much may have to be looked through, and people ask the API.
      if (this.#again) await setImmediate();
    }
  }

  async #consider(incident: Incident, settings: EvidenceSettings): Promise<void> {
    const { id, severity } = incident;
    if (!isWanted(severity, settings.incidents) || this.#known.has(id) || this.#isDone(id)) return;
    this.#remember(id);
    if (this.#open.size >= MOST_AT_ONCE) {
      await this.#fail(id, `evidence of ${MOST_AT_ONCE} incidents is being collected already`);
      return;
    }
    try {
      const collection = await Collection.begin(this.#parts, incident, settings);
      const timer = setTimeout(() => this.#seal(id), settings.window.after);
      this.#open.set(id, { collection, timer });
    } catch (error) {
      await this.#fail(id, (error as Error).message);
    }
  }

  #remember(id: string): void {
    this.#known.add(id);
    const [oldest] = this.#known;
    if (this.#known.size > 10_000 && oldest !== undefined) this.#known.delete(oldest);
  }

  /** One incident, one bundle: what was sealed, given up or deleted is not begun again. */
  #isDone(id: string): boolean {
    return this.#parts.ledger.entries({ type: 'evidence', subject: id, limit: 1 }).length > 0;
  }

  async #settings(): Promise<EvidenceSettings | undefined> {
    const outcome = await this.#parts.engine.call('evidenceSettings', {}).catch(() => undefined);
    return outcome?.ok ? (outcome.result.settings ?? undefined) : undefined;
  }

  #seal(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    clearTimeout(open.timer);
    this.#sealing = this.#sealing.then(async () => {
      await this.#keep(id, open.collection);
      this.#open.delete(id);
      await this.#sweep(open.collection.settings);
    });
  }

  async #keep(id: string, collection: Collection): Promise<void> {
    try {
      const { bytes, manifest, manifestSha256, bundleSha256 } = await collection.seal();
      const body = {
        ...{ incidentId: id, bundle: EvidenceShelf.nameOf(id), bytes: bytes.length },
        ...{ manifestSha256, bundleSha256, ledger: manifest.ledger, packets: manifest.packets?.kept ?? 0 },
      };
      await this.#parts.shelf.keep(id, bytes, () =>
        this.#record({ type: 'evidence.sealed', actor: 'penstock', body }),
      );
      this.#sealed += 1;
    } catch (error) {
      await this.#fail(id, (error as Error).message);
    }
  }

  #sweepSoon(): void {
    this.#sealing = this.#sealing.then(async () => {
      const settings = await this.#settings();
      if (settings !== undefined) await this.#sweep(settings);
    });
  }

  /** Delete what has been kept long enough. Recorded before the file goes; what cannot be recorded stays. */
  async #sweep({ retention }: EvidenceSettings): Promise<void> {
    const { shelf, now, log } = this.#parts;
    try {
      for (const { incident, reason } of outdated(await shelf.list(), retention, now())) {
        const body = { incidentId: incident, bundle: EvidenceShelf.nameOf(incident), reason };
        await this.#record({ type: 'evidence.deleted', actor: 'penstock', body });
        await shelf.delete(incident);
        this.#deleted += 1;
      }
      const kept = await shelf.list();
      this.#kept = { bundles: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) };
    } catch (error) {
      log.warn(`bundles of evidence that are old cannot be deleted: ${(error as Error).message}`);
    }
  }

  /** @throws Error when the ledger does not take it */
  async #record(draft: EntryDraft): Promise<void> {
    const outcome = await this.#parts.engine.call('record', { entries: [draft] });
    if (!outcome.ok) throw new Error(outcome.refusal.message);
  }

  async #fail(id: string, reason: string): Promise<void> {
    this.#failed += 1;
    this.#parts.log.warn(`no evidence of ${id} is kept: ${reason}`);
    const body = { incidentId: id, reason: reason.slice(0, 500) };
    if (this.#untold.length < MOST_UNTOLD)
      this.#untold.push({ type: 'evidence.failed', actor: 'penstock', body });
    await this.#tellFailures();
  }

  /** A ledger that does not take them is asked again when it has taken something else. */
  async #tellFailures(): Promise<void> {
    for (let draft = this.#untold.shift(); draft !== undefined; draft = this.#untold.shift()) {
      try {
        await this.#record(draft);
      } catch {
        this.#untold.unshift(draft);
        return;
      }
    }
  }
}

function isNews({ type }: Entry): boolean {
  return type === 'incident.opened' || type === 'incident.escalated';
}

function isWanted(severity: Severity, from: EvidenceSettings['incidents']): boolean {
  return from !== 'none' && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(from);
}
