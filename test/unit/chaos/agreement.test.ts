/** The judge of chaos must itself be able to say no: each way in which kernel and ledger can differ is seen. */
import { describe, expect, it } from 'vitest';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import { disagreements } from '../../chaos/agreement.ts';
import type { KernelElement } from '../../chaos/kernel-view.ts';
import { wantedElements } from '../../chaos/wanted-elements.ts';

const NOW = 1_800_000_000_000;
const MINUTE_MS = 60_000;

function decision(target: Target, difference: Partial<Decision> = {}): Decision {
  return {
    id: 'D1',
    incident: null,
    origin: { kind: 'manual', actor: 'test' },
    action: 'block',
    target,
    approval: 'none',
    ttlMs: MINUTE_MS,
    state: 'active',
    createdAtMs: NOW,
    answerByMs: null,
    expiresAtMs: NOW + MINUTE_MS,
    reason: '',
    answers: [],
    enforcement: { status: 'applied', atMs: NOW },
    ...difference,
  };
}

const SINGLE = decision({ kind: 'destination', prefix: '198.51.100.66/32' });
const WIDE = decision({ kind: 'destination', prefix: '198.51.100.64/26' });
const NARROW = decision(
  { kind: 'destination', prefix: '198.51.100.64/27' },
  { ttlMs: 10 * MINUTE_MS, expiresAtMs: NOW + 10 * MINUTE_MS },
);

const single = (difference: Partial<KernelElement> = {}): KernelElement => ({
  set: 'destination4',
  value: '198.51.100.66',
  timeoutS: 60,
  expiresInS: 60,
  ...difference,
});
const range = (addr: string, len: number, expiresInS: number): KernelElement => ({
  set: 'prefix4',
  value: { prefix: { addr, len } },
  timeoutS: expiresInS,
  expiresInS,
});

const lasting = { timeoutS: 60, expiresInS: 60 };
const quarantined = (): KernelElement => ({ set: 'quarantine4', value: '10.1.0.11', ...lasting });
const excepted = (to: unknown): KernelElement => ({
  set: 'exception4',
  value: { concat: ['10.1.0.11', to] },
  ...lasting,
});
const quarantine = (allowTo: string[], host = '10.1.0.11') =>
  decision({ kind: 'host', host, allowTo }, { id: allowTo.join(), action: 'quarantine' });

function judged(found: KernelElement[], decisions: Decision[], ...clocks: number[]): string {
  return disagreements(found, wantedElements(decisions), clocks.length > 0 ? clocks : [NOW]).join('\n');
}

describe('disagreements', () => {
  it.each([
    ['the same', [single()], [SINGLE], ''],
    ['nothing of nothing', [], [], ''],
    ['one is missing', [], [SINGLE], 'missing: destination4'],
    ['one that nobody decided', [single()], [], 'nobody decided: destination4'],
    ['one without an end', [{ set: 'destination4', value: '198.51.100.66' }], [SINGLE], 'has no timeout'],
    ['one that lasts longer than decided', [single({ timeoutS: 90 })], [SINGLE], 'longer than decided'],
    ['one that ends earlier', [single({ expiresInS: 30 })], [SINGLE], 'another end'],
    [
      'prefixes cut where they overlap',
      [range('198.51.100.64', 27, 600), range('198.51.100.96', 27, 60)],
      [WIDE, NARROW],
      '',
    ],
    ['a piece of a prefix is missing', [range('198.51.100.64', 27, 600)], [WIDE, NARROW], 'missing: prefix4'],
    [
      'exceptions of two quarantines of one host, cut where they overlap',
      [
        excepted({ range: ['203.0.113.0', '203.0.113.9'] }),
        excepted('203.0.113.10'),
        excepted({ range: ['203.0.113.11', '203.0.113.255'] }),
        quarantined(),
      ],
      [quarantine(['203.0.113.0/24']), quarantine(['203.0.113.10/32'])],
      '',
    ],
    [
      'an exception of one host is none of another',
      [excepted('203.0.113.10'), quarantined()],
      [quarantine(['203.0.113.10/32'], '10.1.0.12')],
      'nobody decided: exception4 of 10.1.0.11',
    ],
    [
      'a piece too much',
      [range('198.51.100.64', 26, 60)],
      [{ ...NARROW, expiresAtMs: NOW + MINUTE_MS, ttlMs: MINUTE_MS }],
      'nobody decided: prefix4',
    ],
    [
      'the shorter end where they overlap',
      [range('198.51.100.64', 26, 60)],
      [WIDE, NARROW],
      'another end: prefix4',
    ],
    ['one that is due this moment', [], [{ ...SINGLE, expiresAtMs: NOW + 1_000 }], ''],
  ])('%s', (_what, found, decisions, said) => {
    if (said === '') expect(judged(found, decisions)).toBe('');
    else expect(judged(found, decisions)).toContain(said);
  });

  it('a quarantine is its host and its exceptions', () => {
    const quarantine = decision({
      kind: 'host',
      host: '10.1.0.11',
      allowTo: ['203.0.113.0/24', '203.0.113.10/32'],
    });
    const host = { set: 'quarantine4', value: '10.1.0.11', timeoutS: 60, expiresInS: 60 };
    const exception = {
      ...host,
      set: 'exception4',
      value: { concat: ['10.1.0.11', { prefix: { addr: '203.0.113.0', len: 24 } }] },
    };
    expect(judged([host, exception], [quarantine])).toBe('');
    expect(judged([host], [quarantine])).toContain('missing: exception4');
  });

  it('exceptions of one length and of two families are all wanted', () => {
    const quarantine = decision({
      kind: 'host',
      host: 'fd00:1::11',
      allowTo: ['2001:db8:66::10/128', '2001:db8:66::60/128', '203.0.113.0/24'],
    });
    const host = { set: 'quarantine6', value: 'fd00:1::11', timeoutS: 60, expiresInS: 60 };
    const exception = (end: string) => ({
      ...host,
      set: 'exception6',
      value: { concat: ['fd00:1::11', end] },
    });
    const both = [exception('2001:db8:66::10'), exception('2001:db8:66::60')];
    expect(judged([host, ...both], [quarantine])).toBe('');
    expect(judged([host, both[0]], [quarantine])).toContain('missing: exception6');
  });

  it('after a jump of the clock either end is right, and no third', () => {
    const before = NOW - 20_000;
    expect(judged([single({ expiresInS: 40 })], [SINGLE], NOW, NOW + 20_000)).toBe('');
    expect(judged([single({ expiresInS: 60 })], [SINGLE], NOW, NOW + 20_000)).toBe('');
    expect(judged([single({ expiresInS: 50 })], [SINGLE], NOW, NOW + 20_000)).toContain('another end');
    // Put back to before it was decided: never longer than its whole life.
    expect(judged([single({ expiresInS: 50 })], [SINGLE], before)).toBe('');
    expect(judged([single({ timeoutS: 80, expiresInS: 80 })], [SINGLE], before)).toContain(
      'longer than decided',
    );
  });
});
