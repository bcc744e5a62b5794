import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../../src/edges/api/role.ts';
import { flowPage } from '../api/flow-pages.ts';
import { decision, FLOW, incident, suppression } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, reaching } from './penstock.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const as = (role: Role, ...args: string[]) => penstock(args, reaching(api, role));

describe('what goes wrong has an exit code and a next step', () => {
  it('a role that is too low: 3', async () => {
    const ran = await as('viewer', 'approve', 'D1');
    expect(ran).toMatchObject({ code: 3, out: '', err: expect.stringContaining('needs the role approver') });
  });
  it('no such thing: 2', async () => {
    expect(await as('viewer', 'incidents', 'I99')).toMatchObject({
      code: 2,
      err: 'penstock: there is no incident I99\n',
    });
  });
  it('an id that is a path: 2', async () => {
    expect((await as('admin', 'approve', '../../tokens')).code).toBe(2);
    expect(api.engine.changes()).toEqual([]);
  });
  it.each([
    ['conflict', 1],
    ['refused', 1],
    ['failed', 1],
    ['notFound', 2],
  ] as const)('the engine says %s: %d', async (code, exit) => {
    api.engine.refuse('approve', { code, message: 'it says no', guardrail: 'neverBlock' });
    const ran = await as('admin', 'approve', 'D1');
    expect(ran).toMatchObject({ code: exit, out: '', err: 'penstock: it says no (guardrail neverBlock)\n' });
    const json = await as('admin', 'approve', 'D1', '--json');
    expect(JSON.parse(json.err)).toMatchObject({ error: { message: 'it says no (guardrail neverBlock)' } });
  });
  it.each([
    [['blok'], "unknown command 'blok'"],
    [['block', '198.51.100.66'], '--ttl'],
    [['block', '198.51.100.66', '--ttl', '1y', '--reason', 'x'], "'1y' is no duration"],
    [['block', '198.51.100.66/24', '--ttl', '1h', '--reason', 'x'], 'host bits'],
    [['block', 'example.org', '--ttl', '1h', '--reason', 'x'], 'not an IP address'],
    [['quarantine', '10.0.0.0/8', '--ttl', '1h', '--reason', 'x'], 'not an IP address'],
    [['decisions', '--state', 'open'], 'Allowed choices are pending'],
    [['rollback', 'yesterday'], 'no whole number'],
    [['token', 'create', 'x'], '--role'],
    [['close', 'I1'], '--reason'],
    [['close', 'I1', '--reason', 'x', '--for', '7d'], 'without --false'],
    [['close', 'I1', '--reason', 'x', '--no-suppression'], 'without --false'],
    [['close', 'I1', '--reason', 'x', '--false', '--for', '7d', '--no-suppression'], 'no meaning'],
    [['close', 'I1', '--reason', 'x', '--false', '--for', 'ever'], "'ever' is no duration"],
    [['suppressions', '--state', 'open'], 'Allowed choices are active, ended'],
    [['check'], "missing required argument 'file'"],
  ])('bad input %j: 2, and nothing is asked', async (args, words) => {
    const ran = await as('admin', ...args);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) });
    expect(api.engine.asked).toEqual([]);
  });
});

describe('a terminal takes no commands from strangers', () => {
  const ESCAPE = '\u001b]0;owned\u0007\u009b2J\u202e';
  /** Controls but for the line end, and the mark that turns text round. */
  const UNSAFE = /(?!\n)\p{Cc}|\p{Cf}/u;
  it('in text', async () => {
    const flows = [{ ...FLOW, because: `x${ESCAPE}y` }];
    api.engine.answer('flows', () => flowPage({ flows, standing: 1, truncated: false, next: null }));
    api.engine.answer('approve', () => decision(1, { reason: ESCAPE, answers: [] }));
    api.engine.answer('closeIncident', () => ({
      incident: incident(1, { reasons: [ESCAPE] }),
      suppressions: [suppression(1, { reason: ESCAPE, actor: ESCAPE })],
      note: ESCAPE,
    }));
    const commands = [['flows'], ['approve', 'D1'], ['close', 'I1', '--reason', 'x']];
    for (const args of commands.flatMap((each) => [each, [...each, '--json']])) {
      const ran = await as('admin', ...args);
      expect(ran.code).toBe(0);
      expect(ran.out).not.toMatch(UNSAFE);
    }
  });
  it('and in JSON nothing is lost by that', async () => {
    api.engine.answer('approve', () => decision(1, { reason: ESCAPE }));
    const ran = await as('admin', 'approve', 'D1', '--json');
    expect(JSON.parse(ran.out).reason).toBe(ESCAPE);
  });
  it('in errors', async () => {
    api.engine.refuse('approve', { code: 'conflict', message: ESCAPE });
    const ran = await as('admin', 'approve', 'D1');
    expect(ran.err).not.toMatch(UNSAFE);
  });
});
