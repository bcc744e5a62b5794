/**
 * The learning part at work: what each host did in five minutes goes to the model, which says how unusual that is
 * among the windows of all hosts. Made-up hosts teach nothing: only those that are established do, and a suspicious
 * one less, or not at all.
 */
import type { FlowChange } from '../flow/flow.ts';
import { SUSPICION, SUSPICIOUS } from './host-profile.ts';
import { FEATURE_COUNT } from './model/features.ts';
import { OutlierJudge } from './model/outlier.ts';
import { WindowFeatures } from './model/window-features.ts';
import { isEstablished } from './profile-store.ts';
import type { Say, Sight } from './sight.ts';
import { isDns, isTcp } from './surroundings.ts';

const OUTLIER = 6;
/** Connections in a window that make it worth a look: quiet ones are all alike. */
const BUSY = 20;
/** Windows that the model stands for: a week of 25 hosts, or the last days of more. */
const OPTIONS = { horizonWindows: 50_000 };

export class OutlierWatch {
  isOn = false;
  #judge: OutlierJudge;
  readonly #windows: WindowFeatures;
  readonly #vector = new Float64Array(FEATURE_COUNT);
  readonly #say: Say;
  /** Refilled for each connection. */
  readonly #opening = { destinationHash: 0, port: 0, isNew: false, isTcp: false, isDns: false };

  /** `slots`: as many as hosts are kept. */
  constructor(slots: number, say: Say) {
    this.#judge = new OutlierJudge(OPTIONS);
    this.#windows = new WindowFeatures(slots);
    this.#say = say;
  }

  /** How far the warm-up is, in windows of all hosts. */
  get warmUp(): { readonly learnt: number; readonly needed: number } {
    return this.#judge.warmUp;
  }

  /** What it has learnt, to be kept over a restart. */
  toBytes(): Uint8Array {
    return this.#judge.toBytes();
  }

  restore(bytes: Uint8Array): void {
    this.#judge = OutlierJudge.fromBytes(bytes, OPTIONS);
  }

  /** Another host has the slot now. */
  forget(slot: number): void {
    this.#windows.forget(slot);
  }

  opened({ host, flow, keys, nowMs }: Sight, isNew: boolean): void {
    if (!this.isOn) return;
    const { protocol, destinationPort: port } = flow;
    const opening = this.#opening;
    opening.destinationHash = keys.destination;
    opening.port = port;
    opening.isNew = isNew;
    opening.isTcp = isTcp(protocol);
    opening.isDns = isDns(protocol, port);
    this.#windows.opened(host.slot, nowMs, opening);
  }

  transferred({ host, flow, nowMs }: Sight, { bytesOut, bytesIn }: FlowChange): void {
    if (this.isOn)
      this.#windows.transferred(
        host.slot,
        nowMs,
        bytesOut,
        bytesIn,
        isDns(flow.protocol, flow.destinationPort),
      );
  }

  settled({ host, flow, nowMs }: Sight, failed: boolean): void {
    if (!this.isOn) return;
    if (failed && isTcp(flow.protocol)) this.#windows.failed(host.slot, nowMs);
    this.#windows.ended(host.slot, nowMs, Math.max(0, flow.lastSeenAtMs - flow.startedAtMs));
  }

  /** Close the host's window if its time is over; to be called before anything is counted. */
  turn(sight: Sight): void {
    const { host, nowMs } = sight;
    if (!this.isOn || !this.#windows.isDue(host.slot, nowMs)) return;
    if (!isEstablished(host) || this.#windows.connections(host.slot) < BUSY) {
      this.#windows.forget(host.slot);
      return;
    }
    this.#windows.closeWindow(host.slot, this.#vector);
    const { profile } = host;
    const suspicion = profile.f64[profile.at + SUSPICION];
    const weight = suspicion >= SUSPICIOUS ? 0 : 1 - suspicion;
    const verdict = this.#judge.judge(this.#vector, weight, (confidence) =>
      profile.isNews(OUTLIER, confidence),
    );
    if (verdict.kind !== 'outlier') return;
    this.#say('outlier', sight, verdict, 'host');
  }
}
