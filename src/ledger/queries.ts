/** What the ledger can be asked, over any connection to it. Every question is one short statement or a few. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Decision, DecisionState, Enforcement } from '../decision/decision.ts';
import type { Incident, IncidentState } from '../incident/incident.ts';
import type { Suppression } from '../incident/suppression.ts';
import type { PolicySources } from '../policy/policy.ts';
import { type EntryRow, entryOf, GENESIS, type Head } from './chain.ts';
import { decisionOf, type Entry, type EntryBodies, incidentOf, suppressionOf } from './entry.ts';
import { guarded, LedgerError } from './errors.ts';
import { LiveDecisions } from './live-decisions.ts';
import { parseId } from './projection.ts';
import type { Revision } from './revision.ts';
import { OFTEN, SELDOM, UNSETTLED } from './schema.ts';
import type { Trial } from './trial.ts';

/** All that are given must hold. Times are ms since the epoch. */
export interface EntryFilter {
  /** Only entries with a higher number. */
  readonly after?: number;
  /** Only entries with a lower number. */
  readonly before?: number;
  /** A whole type, or its first part: `decision` for every `decision.*`. */
  readonly type?: string;
  readonly subject?: string;
  /** Who did it: the name of a token, `file` or `penstock`. */
  readonly actor?: string;
  /** Not before this time. */
  readonly sinceMs?: number;
  /** Before this time. */
  readonly untilMs?: number;
  /** `oldest` first (as recorded) when left out. */
  readonly order?: 'oldest' | 'newest';
  readonly limit: number;
}

/** Newest first. `before` is the number (42 of `I42`) of the last one seen. */
export interface Page {
  readonly before?: number | undefined;
  readonly limit: number;
}

type Clause = readonly [sql: string, ...values: (SQLInputValue | undefined)[]];

export class LedgerQueries {
  /** Those that stand or wait. */
  readonly live: LiveDecisions;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.live = new LiveDecisions((sql) => this.#prepared(sql));
  }

  /** The last entry's number and hash; GENESIS when there is none. */
  head(): Head {
    const [row] = this.#all('SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1', []);
    return row === undefined ? GENESIS : { seq: row.seq as number, hash: row.hash as string };
  }

  entries(filter: EntryFilter): Entry[] {
    const order = filter.order === 'newest' ? 'DESC' : 'ASC';
    return this.#entries('entries', entryClauses(filter), `ORDER BY seq ${order}`, filter.limit);
  }

  entry(seq: number): Entry | undefined {
    return this.#entries('entries', [['seq = ?', seq]], '', 1)[0];
  }

  /**
   * The number of the first entry that is not before a time (ms since the epoch), or of the next one to come. Sought by
   * halves, not through all of them: as right as the clock was.
   */
  firstSince(sinceMs: number): number {
    let [low, high] = [1, this.head().seq + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [row] = this.#all('SELECT at_ms FROM entries WHERE seq = ?', [middle]);
      if (row !== undefined && (row.at_ms as number) < sinceMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** By all but state and host they are sought in the text of the entries, newest first until there are enough. */
  incidents({ before, limit, ...filter }: Page & IncidentFilter): Incident[] {
    const clauses: Clause[] = [['number < ?', before], ...incidentClauses(filter)];
    return this.#latest('incidents', clauses, limit).map(incidentIn);
  }

  incident(id: string): Incident | undefined {
    return this.#latest('incidents', [['number = ?', parseId(id, 'I') ?? 0]], 1).map(incidentIn)[0];
  }

  /** By all but state and incident they are sought in the text of the entries, newest first until there are enough. */
  decisions({ before, limit, ...filter }: Page & DecisionFilter): Decision[] {
    const clauses: Clause[] = [['number < ?', before], ...decisionClauses(filter)];
    return this.#latest('decisions', clauses, limit).map(decisionIn);
  }

  decision(id: string): Decision | undefined {
    return this.#latest('decisions', [['number = ?', parseId(id, 'D') ?? 0]], 1).map(decisionIn)[0];
  }

  /** When those of the newest `newest` decisions were made that automation made since a time; the oldest first. */
  automaticDecisionTimes({ newest, sinceMs }: { newest: number; sinceMs: number }): number[] {
    return this.#all(MADE_AUTOMATICALLY, [newest, sinceMs]).map(({ at_ms: atMs }) => atMs as number);
  }

  suppressions({ before, limit, state, host, detector }: Page & SuppressionFilter): Suppression[] {
    const clauses: Clause[] = [
      ['number < ?', before],
      ["(state = 'active') = ?", state && Number(state === 'active')],
      ["body ->> '$.suppression.host' = ?", host],
      ["body ->> '$.suppression.detector' = ?", detector],
    ];
    return this.#latest('suppressions', clauses, limit).map(suppressionIn);
  }

  suppression(id: string): Suppression | undefined {
    return this.#latest('suppressions', [['number = ?', parseId(id, 'S') ?? 0]], 1).map(suppressionIn)[0];
  }

  revisions({ before, limit, kind, actor, sinceMs, untilMs }: Page & RevisionFilter): Revision[] {
    const clauses: Clause[] = [
      ['number < ?', before],
      ["body ->> '$.revision.kind' = ?", kind],
      ['actor = ?', actor],
      ['at_ms >= ?', sinceMs],
      ['at_ms < ?', untilMs],
    ];
    return this.#latest('revisions', clauses, limit).map(revisionIn);
  }

  revision(number: number): Revision | undefined {
    return this.#latest('revisions', [['number = ?', number]], 1).map(revisionIn)[0];
  }

  latestRevision(): Revision | undefined {
    return this.revisions({ limit: 1 })[0];
  }

  /** The trial of the policy that a revision put in force, as it is by now; undefined for one without. */
  trialOf(revision: number): Trial | undefined {
    const entries = this.entries({ type: 'trial', subject: String(revision), order: 'newest', limit: 1 });
    return entries.map(trialIn)[0];
  }

  /** The trial that was begun last, as it is by now. Reads far back when there are few: for the start only. */
  latestTrial(): Trial | undefined {
    return this.entries({ type: 'trial', order: 'newest', limit: 1 }).map(trialIn)[0];
  }

  policySources(digest: string): PolicySources | undefined {
    return this.storedPolicy(digest)?.sources;
  }

  /** Without reading its text. */
  hasPolicy(digest: string): boolean {
    return this.#all('SELECT 1 FROM policies WHERE digest = ?', [digest]).length > 0;
  }

  storedPolicy(digest: string): EntryBodies['policy.stored'] | undefined {
    const [entry] = this.#entries('policies JOIN entries USING (seq)', [['digest = ?', digest]], '', 1);
    return entry?.type === 'policy.stored' ? entry.body : undefined;
  }

  /** The decisions that stood in the kernel at a revision, as they were then; undefined without such a revision. */
  standingAt(revision: number): Decision[] | undefined {
    const [row] = this.#all('SELECT seq FROM revisions WHERE number = ?', [revision]);
    if (row === undefined) return undefined;
    const seq = row.seq as number;
    return this.#all(STOOD_OR_CHANGED, [seq, seq])
      .map(({ number }) => this.#decisionAt(`D${number}`, seq))
      .filter((decision) => decision !== undefined)
      .filter(({ state }) => state === 'provisional' || state === 'active');
  }

  /** By how much the clock was set since a revision was made, in ms; forward is positive. */
  clockSetSince(revision: number): number {
    const [row] = this.#all('SELECT seq FROM revisions WHERE number = ?', [revision]);
    const jumps = this.entries({ type: 'clock.jumped', after: Number(row?.seq ?? 0), limit: MOST_JUMPS });
    return jumps.reduce((ms, { body }) => ms + ('byMs' in body ? body.byMs : 0), 0);
  }

  #decisionAt(id: string, seq: number): Decision | undefined {
    const clauses: Clause[] = [
      ['subject = ?', id],
      ['seq <= ?', seq],
    ];
    return this.#entries('entries', clauses, 'ORDER BY seq DESC', 1).map(decisionIn)[0];
  }

  /** The entries that hold the latest state of the rows of a projection that match. */
  #latest(table: string, clauses: Clause[], limit: number): Entry[] {
    return this.#entries(`${table} JOIN entries USING (seq)`, clauses, 'ORDER BY number DESC', limit);
  }

  #entries(from: string, clauses: readonly Clause[], order: string, limit: number): Entry[] {
    const given = clauses.filter(([, ...values]) => !values.includes(undefined));
    const where = given.length === 0 ? '' : `WHERE ${given.map(([sql]) => sql).join(' AND ')}`;
    const values = given.flatMap(([, ...values]) => values as SQLInputValue[]);
    const sql = `SELECT entries.* FROM ${from} ${where} ${order} LIMIT ?`;
    return this.#all(sql, [...values, limit]).map((row) => entryOf(row as unknown as EntryRow));
  }

  #all(sql: string, values: SQLInputValue[]) {
    return guarded('read', () => this.#prepared(sql).all(...values));
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** All that are given must hold. */
export interface IncidentFilter {
  readonly state?: IncidentState | undefined;
  readonly host?: string | undefined;
  readonly severity?: Incident['severity'] | undefined;
  /** Its cause, or among its evidence. */
  readonly detector?: string | undefined;
  /** As it was asked for, or as NAT made it. */
  readonly destination?: string | undefined;
  /** Last seen not before this time, and first seen before that one. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export interface DecisionFilter {
  readonly state?: DecisionState | undefined;
  readonly incident?: string | undefined;
  readonly enforcement?: Enforcement['status'] | undefined;
  readonly action?: Decision['action'] | undefined;
  readonly origin?: Decision['origin']['kind'] | undefined;
  readonly detector?: string | undefined;
  readonly host?: string | undefined;
  /** The address of a flow's target or a whole prefix, canonical. */
  readonly destination?: string | undefined;
  /** Who asked for it or answered. */
  readonly actor?: string | undefined;
  /** Made not before this time, and before that one. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export interface SuppressionFilter {
  readonly state?: 'active' | 'ended' | undefined;
  readonly host?: string | undefined;
  readonly detector?: string | undefined;
}

export interface RevisionFilter {
  readonly kind?: Revision['kind'] | undefined;
  readonly actor?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

function incidentClauses(filter: IncidentFilter): Clause[] {
  const { detector, destination } = filter;
  return [
    ['state = ?', filter.state],
    ['host = ?', filter.host],
    ["body ->> '$.incident.severity' = ?", filter.severity],
    [
      `(body ->> '$.incident.cause' = ? OR EXISTS (
         SELECT 1 FROM json_each(body, '$.incident.evidence') WHERE value ->> '$.detector' = ?))`,
      detector,
      detector,
    ],
    [
      "(body ->> '$.incident.destination' = ? OR body ->> '$.incident.translated' = ?)",
      destination,
      destination,
    ],
    ["body ->> '$.incident.lastSeenMs' >= ?", filter.sinceMs],
    ["body ->> '$.incident.firstSeenMs' < ?", filter.untilMs],
  ];
}

function decisionClauses(filter: DecisionFilter): Clause[] {
  const { destination, actor } = filter;
  return [
    ['state = ?', filter.state],
    ['incident = ?', filter.incident],
    filter.enforcement === 'pending' ? [UNSETTLED] : ['enforcement = ?', filter.enforcement],
    ["body ->> '$.decision.action' = ?", filter.action],
    ["body ->> '$.decision.origin.kind' = ?", filter.origin],
    ["body ->> '$.decision.origin.detector' = ?", filter.detector],
    ["body ->> '$.decision.target.host' = ?", filter.host],
    [
      "(body ->> '$.decision.target.destination' = ? OR body ->> '$.decision.target.prefix' = ?)",
      destination,
      destination,
    ],
    [
      `(body ->> '$.decision.origin.actor' = ? OR EXISTS (
         SELECT 1 FROM json_each(body, '$.decision.answers') WHERE value ->> '$.actor' = ?))`,
      actor,
      actor,
    ],
    ["body ->> '$.decision.createdAtMs' >= ?", filter.sinceMs],
    ["body ->> '$.decision.createdAtMs' < ?", filter.untilMs],
  ];
}

/** What has not changed since the revision and stands, or has changed since: then its history is asked. */
const MOST_JUMPS = 1_000_000;
const STOOD_OR_CHANGED = `SELECT number FROM decisions
  WHERE proposed_seq <= ? AND (seq > ? OR state IN ('provisional', 'active')) ORDER BY number`;

const MADE_AUTOMATICALLY = `SELECT at_ms
  FROM (SELECT number, proposed_seq FROM decisions ORDER BY number DESC LIMIT ?)
    JOIN entries ON entries.seq = proposed_seq
  WHERE at_ms >= ? AND body ->> '$.decision.origin.kind' = 'automatic' ORDER BY number`;

function entryClauses({ after, before, type, subject, actor, sinceMs, untilMs }: EntryFilter): Clause[] {
  return [
    ['seq > ?', after],
    ['seq < ?', before],
    ...typeClauses(type),
    ['subject = ?', subject],
    ['actor = ?', actor],
    ['at_ms >= ?', sinceMs],
    ['at_ms < ?', untilMs],
  ];
}

/** Types have one dot. `/` is the character after it. */
function typeClauses(type: string | undefined): Clause[] {
  if (type === undefined) return [];
  const [group] = type.split('.', 1);
  const is: Clause[] = type.includes('.')
    ? [['type = ?', type]]
    : [
        ["type >= ? || '.'", type],
        ["type < ? || '/'", type],
      ];
  return OFTEN.some((often) => often === group) ? is : [...is, [SELDOM]];
}

function incidentIn(entry: Entry): Incident {
  return incidentOf(entry) ?? misplaced(entry, 'incident');
}

function decisionIn(entry: Entry): Decision {
  return decisionOf(entry) ?? misplaced(entry, 'decision');
}

function suppressionIn(entry: Entry): Suppression {
  return suppressionOf(entry) ?? misplaced(entry, 'suppression');
}

function revisionIn(entry: Entry): Revision {
  return entry.type === 'revision.created' ? entry.body.revision : misplaced(entry, 'revision');
}

function trialIn(entry: Entry): Trial {
  return 'trial' in entry.body ? entry.body.trial : misplaced(entry, 'trial');
}

/** A projection points at an entry of another kind: `verify` says more, `rebuild` mends it. */
function misplaced({ seq, type }: Entry, wanted: string): never {
  throw new LedgerError('PENSTOCK_LEDGER_CORRUPT', `ledger: entry ${seq} (${type}) holds no ${wanted}`);
}
