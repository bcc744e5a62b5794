/** The one place where an entry changes the projections: for the writer, for `rebuild` and for `verify`. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Decision } from '../decision/decision.ts';
import { standingRow } from '../decision/standing-row.ts';
import type { Incident } from '../incident/incident.ts';
import type { Suppression } from '../incident/suppression.ts';
import { type EntryRow, entryOf } from './chain.ts';
import { decisionOf, type Entry, incidentOf, suppressionOf } from './entry.ts';
import { LedgerError } from './errors.ts';
import { PROJECTION_TABLES } from './schema.ts';

export class Projection {
  readonly #incident: StatementSync;
  readonly #decision: StatementSync;
  readonly #suppression: StatementSync;
  readonly #revision: StatementSync;
  readonly #policy: StatementSync;

  constructor(db: DatabaseSync) {
    const onward = 'ON CONFLICT DO UPDATE SET state = excluded.state, seq = excluded.seq';
    this.#incident = db.prepare(`INSERT INTO incidents VALUES (?, ?, ?, ?) ${onward}`);
    this.#decision = db.prepare(
      `INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?) ${onward},
        enforcement = excluded.enforcement, standing = excluded.standing`,
    );
    this.#suppression = db.prepare(`INSERT INTO suppressions VALUES (?, ?, ?) ${onward}`);
    this.#revision = db.prepare('INSERT INTO revisions VALUES (?, ?)');
    this.#policy = db.prepare('INSERT INTO policies VALUES (?, ?) ON CONFLICT DO NOTHING');
  }

  fold(entry: Entry): void {
    const incident = incidentOf(entry);
    const decision = decisionOf(entry);
    const suppression = suppressionOf(entry);
    if (incident !== undefined) this.#foldIncident(incident, entry.seq);
    else if (decision !== undefined) this.#foldDecision(decision, entry.seq);
    else if (suppression !== undefined) this.#foldSuppression(suppression, entry.seq);
    else if (entry.type === 'revision.created') this.#revision.run(entry.body.revision.number, entry.seq);
    else if (entry.type === 'policy.stored') this.#policy.run(entry.body.digest, entry.seq);
  }

  #foldIncident({ id, state, host }: Incident, seq: number): void {
    this.#incident.run(idNumber(id, 'I'), state, host, seq);
  }

  #foldDecision(decision: Decision, seq: number): void {
    const { id, state, incident, enforcement } = decision;
    const number = idNumber(id, 'D');
    this.#decision.run(number, state, incident, seq, seq, enforcement.status, standingRow(decision));
  }

  #foldSuppression({ id, state }: Suppression, seq: number): void {
    this.#suppression.run(idNumber(id, 'S'), state, seq);
  }
}

/** Empty the projections and fold all entries again; the caller holds the transaction. */
export function rebuild(db: DatabaseSync): void {
  for (const table of PROJECTION_TABLES) db.exec(`DELETE FROM ${table}`);
  const projection = new Projection(db);
  for (const row of db.prepare('SELECT * FROM entries ORDER BY seq').iterate()) {
    projection.fold(entryOf(row as unknown as EntryRow));
  }
}

/** Of incidents, decisions and suppressions. */
type Prefix = 'I' | 'D' | 'S';

/** @throws LedgerError PENSTOCK_LEDGER_ENTRY_INVALID unless the id is `prefix` and a number from 1 */
function idNumber(id: string, prefix: Prefix): number {
  const number = parseId(id, prefix);
  if (number === undefined) {
    throw new LedgerError('PENSTOCK_LEDGER_ENTRY_INVALID', `ledger: '${id}' is no id such as ${prefix}42`);
  }
  return number;
}

export function parseId(id: string, prefix: Prefix): number | undefined {
  const digits = /^([IDS])([1-9][0-9]{0,14})$/.exec(id);
  return digits?.[1] === prefix ? Number(digits[2]) : undefined;
}
