/** Guardrails that remember: operators, the circuit breaker, caps; over restarts too. */
import { describe, expect, it } from 'vitest';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, LISTED, MINUTE, SPEC, VIOLATION } from './bench.ts';

/** Blocks in the kernel. */
const blocks = (bench: Bench) =>
  [...bench.elements().keys()].filter((id) => /^(destination|flow|quarantine)[46]/.test(id)).length;
const spec = (guardrails: string) => SPEC.replace('{maxBlocksPerMinute: 3}', guardrails);
const start = (guardrails: string) => Bench.start(loadGood(spec(guardrails)));
const violations = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({
    from: `10.1.0.${10 + from + i} 40000`,
    to: `192.0.2.${1 + from + i} 443`,
    id: 100 + from + i,
  }));
const API = { via: 'api', local: '10.1.0.1', port: 8731 } as const;
const operator = (bench: Bench, address: string, actor = 'ann') =>
  bench.order('noteOperator', { path: { ...API, address }, actor });

describe('an operator', () => {
  it('is not blocked by itself, whatever lists hold', async () => {
    using bench = await Bench.start();
    operator(bench, '198.51.100.66');
    bench.see(LISTED);
    expect(blocks(bench)).toBe(0);
    expect(bench.recorded('decision.vetoed')[0]?.body).toMatchObject({
      guardrail: 'operators',
      reason: 'an operator works from 198.51.100.66',
    });
  });

  it('is remembered over a restart, for as long as it has left', async () => {
    using bench = await Bench.start();
    operator(bench, '198.51.100.66');
    operator(bench, '198.51.100.66');
    expect(bench.recorded('operator.seen')).toHaveLength(1);
    bench.sleep(23 * HOUR);
    await bench.restart();
    expect(bench.order('operators', {}).operators).toMatchObject([
      { address: '198.51.100.66', actor: 'ann' },
    ]);
    bench.sleep(HOUR);
    expect(bench.order('operators', {}).operators).toEqual([]);
  });

  it('is protected though the ledger is full', async () => {
    using bench = await Bench.start();
    const free = bench.fillDisk();
    operator(bench, '10.1.0.77');
    free();
    expect(bench.order('operators', {}).operators).toHaveLength(1);
  });

  it.each([
    { kind: 'host', host: '10.1.0.77', allowTo: [] },
    { kind: 'destination', prefix: '10.1.0.64/26' },
  ] as const)(
    'is not cut off by a person without force, and that it was forced is recorded',
    async (target) => {
      using bench = await Bench.start();
      operator(bench, '10.1.0.77');
      const order = { target, ttlMs: HOUR, actor: 'ben', reason: 'odd' };
      expect(bench.command('enact', order)).toMatchObject({
        ok: false,
        refusal: {
          code: 'refused',
          guardrail: 'operators',
          message: expect.stringMatching(/10\.1\.0\.77.*force/),
        },
      });
      expect(bench.recorded('decision.proposed')).toEqual([]);
      expect(bench.order('enact', { ...order, force: true }).state).toBe('active');
      expect(bench.recorded('guardrail.forced')[0]).toMatchObject({
        actor: 'ben',
        body: { guardrail: 'operators', reason: 'an operator works from 10.1.0.77' },
      });
    },
  );

  it('who came after a block was proposed is not cut off by its approval', async () => {
    using bench = await Bench.start();
    bench.see(LISTED);
    const [{ id }] = bench.decisions('provisional');
    operator(bench, '198.51.100.66');
    const answer = { id, actor: 'ben', reason: '' };
    expect(bench.command('approve', answer)).toMatchObject({ refusal: { guardrail: 'operators' } });
    expect(bench.order('approve', { ...answer, force: true }).state).toBe('active');
  });
});

describe('caps', () => {
  it('of an hour hold, over a restart too, and let go with time', async () => {
    using bench = await start('{maxBlocksPerMinute: 100, maxBlocksPerHour: 3}');
    bench.see(...violations(5));
    expect(bench.decisions('active')).toHaveLength(3);
    expect(bench.recorded('decision.vetoed')[0]?.body).toMatchObject({ guardrail: 'hourlyRate' });
    await bench.restart();
    bench.see(...violations(2, 10));
    expect(bench.recorded('decision.proposed')).toHaveLength(3);
    bench.pass(HOUR);
    bench.see(...violations(2, 20));
    expect(bench.recorded('decision.proposed').length).toBeGreaterThan(3);
  });

  it('of the hosts that blocks touch: six of nine are too many', async () => {
    using bench = await start('{maxBlocksPerMinute: 100}');
    bench.see(...violations(9));
    expect(bench.decisions('active')).toHaveLength(5);
    expect(bench.recorded('decision.vetoed')[0]?.body).toMatchObject({
      guardrail: 'blockedShare',
      reason: expect.stringContaining('more than 5 of'),
    });
  });

  it('of the hosts that blocks touch: one destination that most hosts talk to', async () => {
    using bench = await start('{maxBlocksPerMinute: 100}');
    const used = loadGood(
      spec('{maxBlocksPerMinute: 100}').replace('198.51.100.66/32]', '198.51.100.66/32, 203.0.113.9/32]'),
    );
    const talks = Array.from({ length: 8 }, (_, i) => ({
      from: `10.1.0.${10 + i} 4000`,
      to: '203.0.113.9 443',
      id: i + 1,
    }));
    bench.see(...talks);
    bench.order('applyPolicy', { policy: used, actor: 'ann', reason: 'a poisoned list' });
    expect(bench.decisions('provisional')).toEqual([]);
    expect(bench.recorded('decision.vetoed')[0]?.body.guardrail).toBe('blockedShare');
  });
});

describe('the circuit breaker', () => {
  const SPIKE = '{maxBlocksPerMinute: 100, maxBlockedHostsPercent: 100, circuitBreaker: {blocks: 4}}';

  it('opens when blocks spike; then automation only alerts, and what stands goes on standing', async () => {
    using bench = await start(SPIKE);
    bench.see(...violations(8));
    expect(bench.order('status', {}).breaker).toMatchObject({ state: 'open', actor: 'penstock' });
    expect(bench.decisions('active')).toHaveLength(4);
    expect(blocks(bench)).toBe(4);
    expect(bench.recorded('breaker.opened')).toMatchObject([
      { actor: 'penstock', body: { reason: expect.stringMatching(/^4 automatic blocks within 10 min/) } },
    ]);
    expect(bench.recorded('incident.opened')).toHaveLength(8);
    expect(bench.recorded('decision.vetoed').map(({ body }) => body.guardrail)).toEqual(
      Array(4).fill('circuitBreaker'),
    );
  });

  it('opens when caps refuse many incidents', async () => {
    using bench = await start('{maxBlocksPerMinute: 1, circuitBreaker: {vetoes: 3}}');
    bench.see(...violations(6));
    expect(bench.recorded('breaker.opened')[0]?.body.reason).toMatch(/^caps refused to act upon 3 incidents/);
  });

  it('stays open over time, restarts and policies, until a person closes it', async () => {
    using bench = await start(SPIKE);
    bench.see(...violations(5));
    bench.pass(30 * MINUTE);
    await bench.restart();
    bench.order('applyPolicy', { policy: loadGood(spec(`${SPIKE} `)), actor: 'ann', reason: '' });
    bench.sleep(48 * HOUR);
    bench.see(...violations(1, 30));
    expect(bench.order('breaker', {})).toMatchObject({ state: 'open', actor: 'penstock' });
    expect(bench.recorded('decision.proposed')).toHaveLength(4);
    expect(bench.recorded('breaker.opened')).toHaveLength(1);
  });

  it('closed by a person, lets automation act upon what stands, and opens again when it is still a spike', async () => {
    using bench = await start(SPIKE);
    bench.see(...violations(10));
    expect(bench.order('closeBreaker', { actor: 'ann', reason: 'looked at' })).toMatchObject({
      state: 'open',
    });
    expect(bench.recorded('breaker.closed')).toMatchObject([{ actor: 'ann', body: { reason: 'looked at' } }]);
    expect(bench.recorded('decision.proposed')).toHaveLength(8);
    bench.order('closeBreaker', { actor: 'ann', reason: 'looked at again' });
    expect(bench.order('breaker', {})).toEqual({ state: 'closed' });
    expect(bench.recorded('decision.proposed')).toHaveLength(10);
    expect(bench.command('closeBreaker', { actor: 'ann', reason: '' })).toMatchObject({
      refusal: { code: 'conflict' },
    });
    await bench.restart();
    expect(bench.order('breaker', {})).toEqual({ state: 'closed' });
  });

  it('is opened by a person, and lets persons act', async () => {
    using bench = await start(SPIKE);
    const stop = { actor: 'ann', reason: 'maintenance' };
    expect(bench.order('openBreaker', stop)).toMatchObject({ state: 'open', ...stop });
    expect(bench.command('openBreaker', stop)).toMatchObject({ refusal: { code: 'conflict' } });
    bench.see(VIOLATION);
    expect(blocks(bench)).toBe(0);
    bench.block({ kind: 'destination', prefix: '192.0.2.1/32' });
    expect(blocks(bench)).toBe(1);
  });

  it('does not close when that cannot be recorded', async () => {
    using bench = await start(SPIKE);
    bench.order('openBreaker', { actor: 'ann', reason: 'maintenance' });
    const free = bench.fillDisk();
    expect(bench.command('closeBreaker', { actor: 'ann', reason: '' })).toMatchObject({
      refusal: { code: 'failed' },
    });
    free();
    expect(bench.order('breaker', {}).state).toBe('open');
  });

  it('opens though that cannot be recorded, and records it as soon as it can', async () => {
    using bench = await start(SPIKE);
    bench.see(...violations(3));
    const free = bench.fillDisk();
    bench.see(...violations(1, 20));
    expect(bench.order('breaker', {}).state).toBe('open');
    free();
    bench.pass(10_000);
    expect(bench.recorded('breaker.opened')).toHaveLength(1);
    await bench.restart();
    expect(bench.order('breaker', {}).state).toBe('open');
  });

  it('never opens when it is off', async () => {
    using bench = await start(
      '{maxBlocksPerMinute: 100, maxBlockedHostsPercent: 100, circuitBreaker: {enabled: false, blocks: 4}}',
    );
    bench.see(...violations(20));
    expect(bench.order('breaker', {}).state).toBe('closed');
    expect(bench.decisions('active')).toHaveLength(20);
  });
});

describe('a canary', () => {
  const CANARY = `${SPEC.replace('services:', '  tests: {cidrs: [10.1.0.32/27]}\n  services:').replace('approval: none}', 'approval: none, canary: [tests]}')}`;

  it('acts on its group, and says of others once what it would have done', async () => {
    using bench = await Bench.start(loadGood(CANARY));
    bench.see(
      { from: '10.1.0.40 40000', to: '192.0.2.1 443', id: 1 },
      { from: '10.1.0.10 40000', to: '192.0.2.1 443', id: 2 },
      { from: '10.1.0.10 40001', to: '192.0.2.1 443', id: 3 },
    );
    expect(bench.decisions('active').map(({ target }) => target)).toMatchObject([{ host: '10.1.0.40' }]);
    expect(bench.recorded('decision.withheld').map(({ body }) => body)).toMatchObject([
      {
        decision: { incident: 'I2', action: 'block', target: { kind: 'flow', host: '10.1.0.10' } },
        reason: 'canary: it acts on tests first, and 10.1.0.10 is in web',
      },
    ]);
    expect(blocks(bench)).toBe(1);
  });
});
