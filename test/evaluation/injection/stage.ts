/**
 * A background with a past, on which attacks are played: many days, and what the product says of them when nothing is
 * wrong. That is what is measured as false, and what no attack may claim.
 */
import { formatAddress } from '../../../src/address/address.ts';
import { isPeriodicByDesign } from '../../../src/detection/surroundings.ts';
import type { RecordedFlow } from '../../../src/flow/recorded/recorded-flow.ts';
import { RecordedFlows } from '../../../src/flow/recorded/recorded-flows.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { replayFlows } from '../../../src/replay/replay.ts';
import { type Background, DAY_MS, HOST, HOUR_MS } from './background.ts';
import { tile } from './tiling.ts';

/** A week to know the host by, and two days to attack it. */
export const DAYS = 9;

/** An hour of one day with fewer connections is silent; services that are periodic by design do not count. */
const SILENT_BELOW = 3;

export class Stage {
  readonly background: Background;
  readonly seed: number;
  /** Incidents of the host when nothing is wrong. */
  readonly undisturbed: readonly Incident[];
  readonly silentHours: readonly number[];
  readonly #policy: Policy;
  readonly #days: readonly RecordedFlow[];

  constructor(policy: Policy, background: Background, seed: number) {
    this.background = background;
    this.seed = seed;
    this.#policy = policy;
    this.#days = tile(background, DAYS, seed);
    this.silentHours = silentHoursOf(this.#days);
    this.undisturbed = this.play([], Number.POSITIVE_INFINITY);
  }

  get hostDays(): number {
    return DAYS;
  }

  /** Incidents of the host, until `endMs`, with the flows of an attack among its own. */
  play(attack: readonly RecordedFlow[], endMs: number): Incident[] {
    const lastMs = Math.min(endMs, this.background.firstMs + DAYS * DAY_MS);
    const flows = new RecordedFlows();
    for (const flow of this.#days) if (flow.startedAtMs + flow.durationMs <= lastMs) flows.push(flow);
    for (const flow of attack) flows.push(flow);
    flows.sort();
    const host = formatAddress(HOST);
    return replayFlows(this.#policy, flows).filter((incident) => incident.host === host);
  }
}

function silentHoursOf(flows: readonly RecordedFlow[]): number[] {
  const connections = new Map<number, number>();
  for (const { startedAtMs, protocol, destinationPort } of flows) {
    if (isPeriodicByDesign(protocol, destinationPort)) continue;
    const hour = Math.floor(startedAtMs / HOUR_MS);
    connections.set(hour, (connections.get(hour) ?? 0) + 1);
  }
  const active = new Set<number>();
  for (const [hour, count] of connections) if (count >= SILENT_BELOW) active.add(hour % 24);
  return [...new Array(24).keys()].filter((hour) =>
    [23, 24, 25].every((beside) => !active.has((hour + beside) % 24)),
  );
}
