/** An alert on its way to the sinks: what each of them needs, in whatever format it speaks. */
import { createHash, randomBytes } from 'node:crypto';
import type { Entry } from '../../ledger/entry.ts';
import { alertOf } from './alert.ts';
import { type AlertFacts, factsOf, NO_FACTS } from './alert-facts.ts';
import { SEVERITIES_RISING, type Severity } from './severity.ts';
import { cut, list, time } from './wording.ts';

/** The machine that Penstock runs on. */
export interface Observer {
  readonly hostname: string;
  readonly version: string;
}

export interface Dispatch {
  /** 64 hex digits: the entry's hash. One that comes again has the same id and the same content. */
  readonly id: string;
  /** The entry's number in the ledger. */
  readonly sequence: number;
  readonly atMs: number;
  /** The name of a token, `file` or `penstock`. */
  readonly actor: string;
  /** The entry's type; `alert.test` and `alert.summary` stand for no entry. */
  readonly action: string;
  readonly severity: Severity;
  /** One line, at most 1,000 characters, without control characters. */
  readonly message: string;
  readonly facts: AlertFacts;
  /** null: no single entry is behind it (a test, a summary). */
  readonly entry: Entry | null;
  readonly observer: Observer;
}

/** undefined: the entry is no alert. */
export function dispatchOf(entry: Entry, observer: Observer): Dispatch | undefined {
  const alert = alertOf(entry);
  if (alert === undefined) return undefined;
  const { hash: id, seq: sequence, atMs, actor, type: action } = entry;
  return { id, sequence, atMs, actor, action, ...alert, facts: factsOf(entry), entry, observer };
}

/** What `penstock alerts test` sends; each has an id of its own. */
export function testDispatch(sink: string, actor: string, atMs: number, observer: Observer): Dispatch {
  const message = `Test alert of ${actor} for sink ${sink}: if you read this, alerts of ${observer.hostname} arrive here. Nothing to do.`;
  const id = randomBytes(32).toString('hex');
  const about = { id, sequence: 0, atMs, actor, action: 'alert.test', severity: 'low' as const };
  return { ...about, message: cut(message, 1_000), facts: NO_FACTS, entry: null, observer };
}

/** Many alerts as one, for a sink that may not send them all. Of the same alerts it is always the same. */
export function summaryOf(dispatches: readonly Dispatch[]): Dispatch {
  const [first, last] = [dispatches[0], dispatches[dispatches.length - 1]];
  const worst = dispatches.reduce((x, y) => (rank(y) > rank(x) ? y : x));
  const counts = [...Map.groupBy(dispatches, ({ action }) => action)]
    .map(([action, ones]) => `${ones.length} ${action}`)
    .sort();
  const message = `${dispatches.length} alerts from ${time(first.atMs)} to ${time(last.atMs)} in one, for the rate limit of this sink: ${list(counts)}. Look: penstock audit. The worst: ${worst.message}`;
  return {
    ...last,
    id: createHash('sha256')
      .update(dispatches.map(({ id }) => id).join(' '))
      .digest('hex'),
    actor: 'penstock',
    action: 'alert.summary',
    severity: worst.severity,
    message: cut(message, 1_000),
    facts: worst.facts,
    entry: null,
  };
}

function rank({ severity }: Dispatch): number {
  return SEVERITIES_RISING.indexOf(severity);
}
