import { describe, expect, it } from 'vitest';
import { entryWords, typeWords } from '../../../../../src/edges/console/app/entry-words.ts';
import * as words from '../../../../../src/edges/console/app/words.ts';
import { decision, incident, suppression } from '../../api/samples.ts';

const quarantine = decision(2, {
  action: 'quarantine',
  target: { kind: 'host', host: '10.1.0.10', allowTo: ['10.0.0.53/32'] },
}) as words.Decision;
const destination = decision(3, {
  target: { kind: 'destination', prefix: '198.51.100.0/24' },
}) as words.Decision;
const flow = decision(1) as words.Decision;

describe('a decision in words', () => {
  it('says what will be blocked', () => {
    expect(words.effectWords(flow)).toBe(
      '10.1.0.10 may not talk to 198.51.100.66 by tcp/443; all else of it goes on.',
    );
    expect(words.effectWords(destination)).toBe('Nobody may talk to 198.51.100.0/24, in either direction.');
    expect(words.effectWords(quarantine)).toBe('Quarantined, 10.1.0.10 may talk to nobody but 10.0.0.53/32.');
  });
  it('has a title', () => {
    expect(words.titleWords(flow)).toBe('Block 10.1.0.10 → 198.51.100.66 tcp/443');
    expect(words.titleWords(quarantine)).toBe('Quarantine 10.1.0.10 ↔ anybody');
  });
  it('says whose host it is about', () => {
    expect([flow, quarantine, destination].map(words.hostOf)).toEqual(['10.1.0.10', '10.1.0.10', null]);
  });
  it('needs another person only before the first of two has approved', () => {
    const answers = [{ verb: 'approve', actor: 'mira', atMs: 1, reason: '' }] as const;
    expect(words.needsAnother(flow)).toBe(false);
    expect(words.needsAnother({ ...flow, persons: 2 })).toBe(true);
    expect(words.needsAnother({ ...flow, persons: 2, answers: [...answers] })).toBe(false);
  });
});

describe('a ledger entry in words', () => {
  const entry = (body: object, subject: string | null = null): words.LedgerEntry => ({
    ...{ seq: 1, atMs: 1, type: 'x', actor: 'penstock', subject, previousHash: '', hash: '' },
    body: body as words.LedgerEntry['body'],
  });
  it('tells the thing that it is about', () => {
    expect(entryWords(entry({ incident: incident(1) }))).toBe('policy violation: 10.1.0.10 → 198.51.100.66');
    expect(entryWords(entry({ decision: flow, guardrail: 'neverBlock' }))).toBe(
      'block 10.1.0.10 → 198.51.100.66 tcp/443: guardrail neverBlock says no',
    );
    expect(entryWords(entry({ suppression: suppression(1) }))).toBe('10.1.0.10 → 198.51.100.66 tcp/443');
    expect(entryWords(entry({ differences: ['a', 'b'] }))).toBe('a; b');
    expect(entryWords(entry({ name: 'wall', role: 'viewer' }, 'wall'))).toBe('role viewer');
  });
  it('is no fault where a body is of a shape that is not known', () => {
    for (const body of [{}, { incident: null }, { revision: 7 }, { decision: [] }, { trial: 'x' }]) {
      expect(typeof entryWords(entry(body))).toBe('string');
    }
  });
  it('names its type', () => {
    expect(typeWords('denyLists.refreshed')).toBe('Deny lists refreshed');
  });
});
