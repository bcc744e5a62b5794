/** A detection with all detectors on and what it says, on the clock of the connections that it is shown. */
import { formatAddress } from '../../../src/address/address.ts';
import {
  type Watch as Configuration,
  Detection,
  type DetectionOptions,
} from '../../../src/detection/detection.ts';
import type { Finding } from '../../../src/detection/finding.ts';
import { isWeight, severityOf } from '../../../src/incident/fusion.ts';
import type { AnomalyDetector } from '../../../src/policy/schema/detectors.ts';
import { type Connection, HOST, inOrder, type TimedChange } from './connection.ts';
import { ALL_ON } from './settings.ts';

export interface Said extends Finding {
  readonly atMs: number;
}

export interface WatchOptions extends Partial<Configuration>, Pick<DetectionOptions, 'maxHosts'> {
  /** Told that time passes between changes, as the engine tells it; else as a replay, which does not. */
  readonly live?: boolean;
}

const KEYS = [1, 2, 3, 4] as const;
const ADVANCE_MS = 1_000;

export class Watch {
  readonly detection: Detection;
  readonly said: Said[] = [];
  readonly #live: boolean;
  #nowMs = 0;
  #advancedMs = 0;

  constructor({ settings = ALL_ON, groupsOf = () => [], maxHosts, live = false }: WatchOptions = {}) {
    this.#live = live;
    this.detection = new Detection({
      keys: KEYS,
      ...(maxHosts === undefined ? {} : { maxHosts }),
      onFinding: (finding) => {
        this.said.push({ ...finding, atMs: this.#nowMs });
        return true;
      },
    });
    this.detection.configure({ settings, groupsOf });
  }

  /** Show connections, all changes in order of time. */
  show(...connections: readonly (readonly Connection[])[]): this {
    return this.play(inOrder(...connections));
  }

  /** Show changes in the order given. */
  play(changes: readonly TimedChange[]): this {
    for (const { atMs, change } of changes) {
      this.#advance(atMs);
      this.#nowMs = atMs;
      this.detection.observe(change, atMs);
    }
    return this;
  }

  /** What detectors said that are no mere weights; of one host and by one detector, when they are given. */
  alarms({ host, by }: { readonly host?: string; readonly by?: AnomalyDetector } = {}): Said[] {
    return this.said.filter(
      ({ detector, flow }) =>
        !isWeight(detector) &&
        (by === undefined || detector === by) &&
        (host === undefined || formatAddress(flow.host) === host),
    );
  }

  /** How sure it got that something is wrong; 0 when nothing was said. */
  sureness(of: { readonly host?: string; readonly by?: AnomalyDetector } = {}): number {
    return this.alarms(of).reduce((most, { confidence }) => Math.max(most, confidence), 0);
  }

  #advance(atMs: number): void {
    if (!this.#live || Math.abs(atMs - this.#advancedMs) < ADVANCE_MS) return;
    this.#advancedMs = atMs;
    this.detection.advance(atMs);
  }
}

/** A little more, from whatever source, and it acts. */
export const SURE = 0.7;

/** Which detectors were sure, of which destinations. */
export function found(watch: Watch, host = HOST): string[] {
  const sure = watch.alarms({ host }).filter(({ confidence }) => confidence >= SURE);
  const named = sure.map(({ detector, scope, flow }) =>
    scope === 'host' ? `${detector} many` : `${detector} ${formatAddress(flow.destination)}`,
  );
  return [...new Set(named)].toSorted();
}

/** What would make an incident all by itself. */
export function worthAnIncident(watch: Watch): string[] {
  return lines(watch.alarms().filter(({ confidence }) => severityOf(confidence) !== undefined));
}

/** `detector host > destination service-or-not confidence`, for comparing. */
export function lines(said: readonly Said[]): string[] {
  return said.map(
    ({ detector, flow, scope, confidence, atMs, happened, normal }) =>
      `${atMs} ${detector} ${formatAddress(flow.host)} > ${formatAddress(flow.destination)} ${scope} ${confidence}: ${happened} ${normal}`,
  );
}
