import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/detection/finding.ts';
import type { Closing } from '../../../src/engine/commands.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { flowOf } from '../incident/flow.ts';
import { anomaly, evidence } from '../ledger/samples.ts';
import { Bench, HOUR, LISTED, MINUTE, VIOLATION } from './bench.ts';

const DAY = 24 * HOUR;

const beacon: Finding = {
  detector: 'beacon',
  scope: 'destination',
  flow: flowOf({ to: '198.51.100.66 443' }),
  confidence: 0.9,
  happened: '',
  normal: '',
};

function closing(id: string, changes: Partial<Closing> = {}): Closing {
  return { id, actor: 'laptop', reason: 'the backup', verdict: 'false', suppressForMs: DAY, ...changes };
}

describe('feedback', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
  });

  afterEach(() => {
    bench[Symbol.dispose]();
  });

  /** An anomaly that is in the ledger, closed because its host was quiet. */
  function closedByTime(number: number, changes: Partial<Incident> = {}): string {
    const incident = anomaly(number, { state: 'closed', ...changes });
    bench.engine.journal.write(
      [
        { type: 'incident.opened', actor: 'penstock', body: { incident: { ...incident, state: 'open' } } },
        { type: 'incident.closed', actor: 'penstock', body: { incident, reason: 'quiet' } },
      ],
      { sync: false },
    );
    return incident.id;
  }
  const active = () =>
    bench.engine.ledger.queries.suppressions({ state: 'active', limit: 100 }).map(({ id }) => id);
  const silenced = () => bench.engine.suppressions.find(beacon, Date.now())?.id;

  it('an anomaly closed as false teaches its evidence, in one transaction with the closing', () => {
    const nowMs = Date.now();
    const { incident, suppressions, note } = bench.order('closeIncident', closing(closedByTime(5)));
    expect(incident).toMatchObject({ id: 'I5', state: 'closed' });
    expect(suppressions).toMatchObject([
      {
        id: 'S1',
        detector: 'beacon',
        destination: '198.51.100.66',
        createdAtMs: nowMs,
        untilMs: nowMs + DAY,
      },
      { id: 'S2', detector: 'scan', destination: null, state: 'active' },
    ]);
    expect(note).toBeNull();
    expect(bench.entries().slice(-3)).toMatchObject([
      { type: 'incident.closed', actor: 'laptop', body: { verdict: 'false', reason: 'the backup' } },
      { type: 'suppression.created', actor: 'laptop', subject: 'S1', body: { suppression: suppressions[0] } },
      { type: 'suppression.created', actor: 'laptop', subject: 'S2', body: { suppression: suppressions[1] } },
    ]);
    expect(bench.engine.status().activeSuppressions).toBe(2);
    expect(silenced()).toBe('S1');
  });

  it.each<[string, Partial<Closing>]>([
    ['resolved', { verdict: 'resolved', suppressForMs: null }],
    ['false, but not suppressed', { suppressForMs: null }],
  ])('closed as %s it teaches nothing', (_, changes) => {
    const { suppressions, note } = bench.order('closeIncident', closing(closedByTime(5), changes));
    expect([suppressions, note, silenced()]).toEqual([[], null, undefined]);
    expect(bench.recorded('incident.closed').at(-1)).toMatchObject({ actor: 'laptop' });
  });

  it.each([
    ['what no rule allows', VIOLATION, /add a rule/],
    ['what is on a deny list', LISTED, /never suppressed.*list/],
  ])('%s is closed as false, teaches nothing and is told why', (_, seen, words) => {
    bench.see(seen);
    const { incident, suppressions, note } = bench.order('closeIncident', closing('I1'));
    expect([incident.state, suppressions]).toEqual(['closed', []]);
    expect(note).toMatch(words);
    expect(bench.recorded('suppression.created')).toEqual([]);
    // The block is over by then.
    bench.pass(2 * HOUR);
    bench.see({ ...seen, id: 2 });
    expect(bench.recorded('incident.opened')).toHaveLength(2);
  });

  it('silences no deny-list hit, even where a detector is silenced for the same host and destination', () => {
    bench.order('closeIncident', closing(closedByTime(5)));
    expect(silenced()).toBe('S1');
    bench.see({ ...LISTED, from: '10.1.0.10 40001' });
    expect(bench.recorded('incident.opened').at(-1)?.body.incident).toMatchObject({
      cause: 'denyList',
      host: '10.1.0.10',
      destination: '198.51.100.66',
    });
    expect(bench.decisions('provisional')).toHaveLength(1);
  });

  it('an open incident is closed, and what comes after opens another', () => {
    bench.see(VIOLATION);
    bench.order('closeIncident', closing('I1', { verdict: 'resolved', suppressForMs: null }));
    expect(bench.engine.status().openIncidents).toBe(0);
    expect(bench.recorded('incident.closed')).toMatchObject([{ body: { verdict: 'resolved' } }]);
    bench.pass(MINUTE);
    expect(bench.recorded('incident.closed')).toHaveLength(1);
  });

  it('what a person has said of an incident stands', () => {
    const id = closedByTime(5);
    bench.order('closeIncident', closing(id));
    expect(bench.command('closeIncident', closing(id))).toMatchObject({
      ok: false,
      refusal: { code: 'conflict', message: 'laptop has closed incident I5 already' },
    });
    expect(active()).toEqual(['S2', 'S1']);
  });

  it('the same taught again takes the place of what was taught before', () => {
    bench.order('closeIncident', closing(closedByTime(5)));
    bench.order(
      'closeIncident',
      closing(closedByTime(6, { evidence: [evidence()] }), { suppressForMs: HOUR }),
    );
    expect(active()).toEqual(['S3', 'S2']);
    expect(bench.recorded('suppression.expired')).toMatchObject([
      { subject: 'S1', body: { reason: 'S3 takes its place', suppression: { state: 'expired' } } },
    ]);
    expect(silenced()).toBe('S3');
  });

  describe('a suppression', () => {
    beforeEach(() => {
      bench.order('closeIncident', closing(closedByTime(5)));
    });
    const revoking = { id: 'S1', actor: 'printer', reason: 'the backup has moved' };

    it('is revoked by a person, once', () => {
      expect(bench.order('revokeSuppression', revoking)).toMatchObject({
        id: 'S1',
        state: 'revoked',
        endedAtMs: Date.now(),
      });
      expect(bench.recorded('suppression.revoked')).toMatchObject([
        { actor: 'printer', subject: 'S1', body: { reason: 'the backup has moved' } },
      ]);
      expect([active(), silenced()]).toEqual([['S2'], undefined]);
      expect(bench.command('revokeSuppression', revoking)).toMatchObject({
        refusal: { code: 'conflict', message: expect.stringContaining('revoked') },
      });
    });

    it('ends by itself, which is recorded', () => {
      bench.pass(DAY - 1);
      expect(active()).toEqual(['S2', 'S1']);
      bench.pass(1);
      expect(active()).toEqual([]);
      expect(bench.recorded('suppression.expired')).toMatchObject([
        { subject: 'S1', actor: 'penstock', body: { reason: 'its time is over' } },
        { subject: 'S2' },
      ]);
      bench.pass(DAY);
      expect(bench.recorded('suppression.expired')).toHaveLength(2);
    });

    it('outlives a restart, and its number is not used again', async () => {
      await bench.restart();
      expect([silenced(), bench.engine.status().activeSuppressions]).toEqual(['S1', 2]);
      bench.order('closeIncident', closing(closedByTime(6, { host: '10.1.0.99' })));
      expect(active()).toEqual(['S4', 'S3', 'S2', 'S1']);
    });

    it('that ended while nobody looked silences nothing after a restart', async () => {
      bench.kill();
      bench.sleep(2 * DAY);
      await bench.launch();
      expect(silenced()).toBeUndefined();
      bench.pass(MINUTE);
      expect(active()).toEqual([]);
    });

    it('counts what it silences', () => {
      silenced();
      silenced();
      expect(bench.order('suppressionHits', { ids: ['S1', 'S2', 'S99'] })).toEqual({ S1: 2, S2: 0 });
    });

    it('goes on where its end cannot be recorded, but silences nothing; the end is recorded later', () => {
      const free = bench.fillDisk();
      bench.pass(DAY);
      expect(silenced()).toBeUndefined();
      expect(bench.log('error').join()).toMatch(/the end of 2 suppressions was not recorded/);
      free();
      expect(active()).toEqual(['S2', 'S1']);
      bench.pass(MINUTE);
      expect(active()).toEqual([]);
    });

    it('is not made or revoked where that cannot be recorded', () => {
      const id = closedByTime(6, { evidence: [evidence({ detector: 'volume' })] });
      const free = bench.fillDisk();
      expect(bench.command('closeIncident', closing(id))).toMatchObject({ refusal: { code: 'failed' } });
      expect(bench.command('revokeSuppression', revoking)).toMatchObject({ refusal: { code: 'failed' } });
      free();
      expect([active(), silenced()]).toEqual([['S2', 'S1'], 'S1']);
      expect(bench.order('closeIncident', closing(id)).suppressions).toMatchObject([{ id: 'S3' }]);
    });
  });

  it('a suppression that cannot be read is said so and silences nothing', async () => {
    const [good, bad] = bench.order('closeIncident', closing(closedByTime(5))).suppressions;
    const suppression = { ...bad, host: '10.1.0.010' };
    bench.engine.journal.write([{ type: 'suppression.created', actor: 'laptop', body: { suppression } }], {
      sync: false,
    });
    await bench.restart();
    expect(bench.engine.status().activeSuppressions).toBe(1);
    expect(silenced()).toBe(good.id);
    expect(bench.log('error').join()).toMatch(/suppression S2 in the ledger is not used: .*leading zeros/);
  });
});
