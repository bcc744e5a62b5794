/**
 * What Alertmanagers were told, and what to tell them now:
 *
 *   holds ------> firing, ends a few rounds from now; told again each round, so that it goes on
 *   holds no more -> ends now; told until it was taken once. If that gets lost, it ends by itself.
 */
import type { Condition } from './conditions.ts';

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, postableAlert */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/** Rounds that may fail before what holds is taken as over. */
const ROUNDS_KEPT = 4;

export class Firing {
  readonly #everyMs: number;
  #told = new Map<string, Condition>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** @returns what to post, and what to call when it was taken */
  round(now: readonly Condition[], nowMs: number): { alerts: PostableAlert[]; taken: () => void } {
    const holding = new Map(now.map((condition) => [identity(condition), condition]));
    const over = [...this.#told].filter(([key]) => !holding.has(key)).map(([, condition]) => condition);
    const endsMs = nowMs + ROUNDS_KEPT * this.#everyMs;
    return {
      alerts: [
        ...now.map((condition) => postable(condition, endsMs)),
        ...over.map((condition) => postable(condition, nowMs)),
      ],
      taken: () => {
        this.#told = holding;
      },
    };
  }

  /** Whether another round would tell anything new. */
  hasChanged(now: readonly Condition[]): boolean {
    return now.length !== this.#told.size || now.some((condition) => !this.#told.has(identity(condition)));
  }
}

/** An alert is what its labels are. */
function identity({ labels }: Condition): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function postable({ labels, annotations, startsMs, url }: Condition, endsMs: number): PostableAlert {
  return {
    labels,
    annotations,
    // It may not begin after its end, whatever the clock did.
    startsAt: new Date(Math.min(startsMs, endsMs - 1)).toISOString(),
    endsAt: new Date(endsMs).toISOString(),
    ...(url !== null && { generatorURL: url }),
  };
}
