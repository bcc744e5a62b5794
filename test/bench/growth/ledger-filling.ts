/**
 * A ledger as a daemon leaves it that has blocked many destinations: for each the four entries of an automatic block,
 * through the ledger's own door. By traffic 100,000 would take minutes.
 */
import type { Decision } from '../../../src/decision/decision.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import type { Revision } from '../../../src/ledger/revision.ts';
import { blockOf } from '../blocks.ts';

const HOST = '10.1.0.10';
const SERVICE = { protocol: 17, port: 1024 };
const BLOCKS_A_TRANSACTION = 1_000;

/** The ledger has a policy, and no blocks. No daemon may have it open. */
export function fillLedger(path: string, blocks: number): void {
  const ledger = Ledger.open(path);
  try {
    const [last] = ledger.queries.revisions({ limit: 1 });
    for (let from = 0; from < blocks; from += BLOCKS_A_TRANSACTION) {
      const count = Math.min(BLOCKS_A_TRANSACTION, blocks - from);
      const drafts = Array.from({ length: count }, (_, i) => entriesOf(from + i, last));
      ledger.append(drafts.flat(), { sync: false });
    }
  } finally {
    ledger.close();
  }
}

function entriesOf(index: number, last: Revision): EntryDraft[] {
  const atMs = Date.now();
  const incident = incidentOf(index, atMs);
  const decision: Decision = {
    ...blockOf(index),
    ...{ id: `D${index + 1}`, incident: incident.id, createdAtMs: atMs },
    origin: { kind: 'automatic', detector: 'policyViolation' },
    reason: incident.reasons[0],
    enforcement: { status: 'pending' },
  };
  const revision: Revision = {
    ...last,
    ...{ number: last.number + index + 1, atMs, kind: 'decision', actor: 'penstock' },
    reason: `${decision.id} proposed`,
  };
  const applied: Decision = { ...decision, enforcement: { status: 'applied', atMs } };
  return [
    { type: 'incident.opened', actor: 'penstock', atMs, body: { incident } },
    { type: 'decision.proposed', actor: 'penstock', atMs, body: { decision } },
    { type: 'revision.created', actor: 'penstock', atMs, body: { revision } },
    { type: 'enforcement.applied', actor: 'penstock', atMs, body: { decision: applied } },
  ];
}

function incidentOf(index: number, atMs: number): Incident {
  const { target } = blockOf(index);
  const destination = target.kind === 'destination' ? target.prefix.replace('/32', '') : null;
  return {
    ...{ id: `I${index + 1}`, host: HOST, groups: ['lan'], cause: 'policyViolation', source: null },
    ...{ destination, translated: null, services: [SERVICE], severity: 'medium', score: 1, count: 1 },
    ...{ firstSeenMs: atMs, lastSeenMs: atMs, raisedAtMs: null, state: 'open' },
    reasons: [`${HOST} opened udp/1024 to ${destination}, which no rule allows`],
    ...{ evidence: [], story: null },
  };
}
