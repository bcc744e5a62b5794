/**
 * The evidence of one incident, from the moment that it is known until it is sealed:
 *
 *   begun --- first look: flows before, profile, policy, kernel; packets are caught from here on
 *     |
 *     |  the window after it is over, or the daemon stops
 *     v
 *   sealed --- second look: flows since; decisions, packets; one bundle, recorded and put in its place
 */
import type { EngineControl, HostView } from '../../engine/commands.ts';
import type { EvidenceView } from '../../engine/evidence/evidence-keeper.ts';
import { type SealedBundle, sealBundle } from '../../evidence/bundle.ts';
import type { CaughtPacket } from '../../evidence/pcapng.ts';
import type { Incident } from '../../incident/incident.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import type { EvidenceSettings } from '../../policy/schema/evidence.ts';
import { bundleFiles } from './bundle-content.ts';
import { decisionTrail } from './decision-trail.ts';
import type { PacketSource } from './packet-source.ts';

export interface CollectionParts {
  readonly engine: Pick<EngineControl, 'call'>;
  readonly ledger: Pick<
    LedgerQueries,
    'head' | 'entries' | 'firstSince' | 'decisions' | 'incident' | 'storedPolicy'
  >;
  readonly packets: PacketSource;
  /** This machine's name. */
  readonly gateway: string;
  readonly version: string;
  readonly now: () => number;
}

export class Collection {
  readonly incident: Incident;
  readonly settings: EvidenceSettings;
  readonly #parts: CollectionParts;
  readonly #beganAtMs: number;
  readonly #incomplete: string[] = [];
  readonly #before: EvidenceView;
  readonly #profile: HostView | null;

  private constructor(
    parts: CollectionParts,
    incident: Incident,
    settings: EvidenceSettings,
    first: { before: EvidenceView; profile: HostView | null },
  ) {
    this.#parts = parts;
    this.incident = incident;
    this.settings = settings;
    this.#beganAtMs = parts.now();
    this.#before = first.before;
    this.#profile = first.profile;
  }

  /** @throws Error when the engine does not answer */
  static async begin(
    parts: CollectionParts,
    incident: Incident,
    settings: EvidenceSettings,
  ): Promise<Collection> {
    const fromMs = raisedAt(incident) - settings.window.before;
    const toMs = parts.now() + 1;
    const before = await look(parts, incident, fromMs, toMs);
    if (before === undefined) throw new Error('the engine tells nothing of it');
    const profile = await parts.engine.call('profile', { host: incident.host });
    const known = { before, profile: profile.ok ? profile.result : null };
    const begun = new Collection(parts, incident, settings, known);
    begun.#catchPackets();
    return begun;
  }

  #catchPackets(): void {
    const { packets: limits, window } = this.settings;
    if (!limits.enabled) return;
    const { id, host } = this.incident;
    const order = { incident: id, host, others: othersOf(this.incident), limits, forMs: window.after };
    const problem = this.#parts.packets.arm(order);
    if (problem !== undefined) this.#incomplete.push(`no packets were caught: ${problem}`.slice(0, 500));
  }

  async seal(): Promise<SealedBundle> {
    const { ledger, gateway, version, now } = this.#parts;
    const { id } = this.incident;
    const after = await look(this.#parts, this.incident, this.#before.atMs + 1, now() + 1);
    if (after === undefined) this.#incomplete.push('the engine did not answer when it was sealed');
    const trail = decisionTrail(ledger, id);
    if (trail.truncated) this.#incomplete.push('there are more ledger entries');
    const caught = this.#takePackets();
    const files = bundleFiles({
      incident: ledger.incident(id) ?? this.incident,
      ...{ before: this.#before, after, profile: this.#profile, trail: trail.entries, version },
      policy: ledger.storedPolicy(this.#before.policy.digest),
      packets: caught?.packets ?? null,
      snaplen: this.settings.packets.snaplen,
    });
    const incidentMs = raisedAt(this.incident);
    const facts = {
      ...{ incident: id, sealedAtMs: now(), version, gateway, ledger: ledger.head() },
      policyDigest: this.#before.policy.digest,
      kernelDigest: this.#before.kernel.digest,
      window: {
        fromMs: incidentMs - this.settings.window.before,
        incidentMs,
        toMs: after?.atMs ?? this.#beganAtMs,
      },
      packets: caught && { kept: caught.packets.length, missed: caught.missed },
      incomplete: [...this.#incomplete, ...gapsOf(this.#before), ...(after ? gapsOf(after) : [])].slice(
        0,
        20,
      ),
    };
    return sealBundle(facts, files);
  }

  /** Those that were told before, and those that were caught since. */
  #takePackets(): { packets: CaughtPacket[]; missed: number } | null {
    const { enabled, perIncident, bytes } = this.settings.packets;
    if (!enabled) return null;
    const caught = this.#parts.packets.take(this.incident.id);
    const all = [...this.#before.packets, ...caught.packets];
    const kept: CaughtPacket[] = [];
    let room = bytes;
    for (const packet of all.slice(0, perIncident)) {
      room -= packet.data.length;
      if (room < 0) break;
      kept.push(packet);
    }
    return { packets: kept, missed: caught.missed + all.length - kept.length };
  }
}

/** When it became what it is now: for an anomaly, which may have been noted for days, when it began to act. */
function raisedAt({ raisedAtMs, firstSeenMs }: Incident): number {
  return raisedAtMs ?? firstSeenMs;
}

function othersOf({ destination, translated }: Incident): string[] {
  return [destination, translated].filter((address) => address !== null);
}

async function look(
  { engine }: CollectionParts,
  incident: Incident,
  fromMs: number,
  toMs: number,
): Promise<EvidenceView | undefined> {
  const question = { host: incident.host, others: othersOf(incident), fromMs, toMs };
  const outcome = await engine.call('evidence', question).catch(() => undefined);
  return outcome?.ok ? outcome.result : undefined;
}

function gapsOf({ truncated, forgottenBeforeMs }: EvidenceView): string[] {
  const forgotten =
    forgottenBeforeMs === null
      ? []
      : [`flows seen before ${new Date(forgottenBeforeMs).toISOString()} were forgotten: too many came`];
  return truncated ? ['more flows were seen than are told', ...forgotten] : forgotten;
}
