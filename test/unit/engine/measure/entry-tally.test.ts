import { describe, expect, it } from 'vitest';
import { EntryTally } from '../../../../src/engine/measure/entry-tally.ts';
import type { Entry, EntryDraft } from '../../../../src/ledger/entry.ts';
import { decision, incident } from '../../edges/api/samples.ts';

/** As the ledger gives them back, but for the chain. */
function recorded(...drafts: EntryDraft[]): Entry[] {
  return drafts.map((draft, i) => ({ ...draft, seq: i + 1, atMs: 0, subject: null }) as unknown as Entry);
}

describe('the tally of what was recorded', () => {
  it('counts by type, incidents by severity, decisions by whose they are', () => {
    const tally = new EntryTally();
    const actor = 'penstock';
    const target = decision(1).target;
    tally.count(
      recorded(
        { type: 'incident.opened', actor, body: { incident: incident(1, { severity: 'high' }) } },
        { type: 'incident.opened', actor, body: { incident: incident(2, { severity: 'critical' }) } },
        { type: 'incident.opened', actor, body: { incident: incident(3, { severity: 'high' }) } },
        { type: 'decision.proposed', actor, body: { decision: decision(1) } },
        {
          type: 'decision.proposed',
          actor,
          body: { decision: decision(2, { origin: { kind: 'manual', actor: 'ann' } }) },
        },
        {
          type: 'decision.vetoed',
          actor,
          body: { decision: { incident: 'I1', action: 'block', target }, guardrail: 'rate', reason: '' },
        },
      ),
    );
    tally.count(recorded({ type: 'decision.proposed', actor, body: { decision: decision(3) } }));
    expect(tally.counts).toEqual({
      byType: { 'incident.opened': 3, 'decision.proposed': 3, 'decision.vetoed': 1 },
      opened: { low: 0, medium: 0, high: 2, critical: 1 },
      decisions: [
        { event: 'proposed', origin: 'automatic', count: 2 },
        { event: 'proposed', origin: 'manual', count: 1 },
        { event: 'vetoed', origin: null, count: 1 },
      ],
    });
  });
});
