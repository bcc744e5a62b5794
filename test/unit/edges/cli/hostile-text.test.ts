/** Names, reasons and messages that an attacker may choose, in every command that shows them: a terminal obeys none. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineControl, Result } from '../../../../src/engine/commands.ts';
import { everyAlert } from '../alerts/every-alert.ts';
import { decision, hostLine, hostView, OPERATOR, PROPOSAL, STATUS } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, reaching } from './penstock.ts';

/** Sets the title, clears the screen, turns the reading direction, ends the line, hides. */
const HOSTILE = '\u001b]0;evil\u0007\u001b[2J\u009b31m\u202egnp.exe\r\n\u2028\u200b\u{e0041}';
const UNSAFE = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u;

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start({
    alerts: {
      status: () => [
        {
          ...{ sink: 'soc', type: 'syslog', state: 'failing', lastSuccessMs: null, failingSinceMs: 1 },
          ...{ backlog: 1, delivered: 0, failures: 1, refused: 0, error: HOSTILE },
        },
      ],
      test: async () => [{ sink: 'soc', delivered: false, tookMs: 1, error: HOSTILE }],
    },
  });
  api.append(...everyAlert(HOSTILE));
  const { engine } = api;
  const names = await result('names', engine);
  const rules = await result('rules', engine);
  const flows = await result('flows', engine);
  engine.answer('status', () => ({ ...STATUS, policy: { ...STATUS.policy, name: HOSTILE } }));
  engine.answer('names', () => ({
    ...names,
    names: names.names.map((each) => ({ ...each, name: HOSTILE, rules: [HOSTILE] })),
  }));
  engine.answer('rules', () => ({
    ...rules,
    rules: rules.rules.map((each) => ({
      ...each,
      ...{ rule: HOSTILE, owner: HOSTILE, description: HOSTILE, ticket: HOSTILE },
    })),
  }));
  engine.answer('flows', () => ({ ...flows, because: [HOSTILE] }));
  engine.answer('profiles', () => ({
    ...{ hosts: [{ ...hostLine('10.1.0.10'), groups: [HOSTILE] }], established: 1 },
    ...{ truncated: false, next: null },
  }));
  engine.answer('profile', ({ host }) => ({ ...hostView(host), groups: [HOSTILE] }));
  engine.answer('operators', () => ({ operators: [{ ...OPERATOR, actor: HOSTILE }] }));
  engine.answer('breaker', () => ({ state: 'open', sinceMs: 1, actor: HOSTILE, reason: HOSTILE }));
  engine.answer('proposedPolicy', () => ({
    proposal: { ...PROPOSAL, policyName: HOSTILE, reason: HOSTILE, actor: HOSTILE },
  }));
  engine.answer('approve', () => decision(1, { reason: HOSTILE }));
  engine.answer('revoke', () => {
    throw new Error(HOSTILE);
  });
  engine.refuse('reject', { code: 'conflict', message: HOSTILE });
});
afterAll(() => api[Symbol.asyncDispose]());

/** What the engine answers when nobody has told it otherwise. */
async function result<N extends 'names' | 'rules' | 'flows'>(
  name: N,
  engine: EngineControl,
): Promise<Result<N>> {
  const outcome = await engine.call(name, {} as never);
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.result;
}

const COMMANDS: readonly string[][] = [
  ...[['status'], ['flows'], ['hosts'], ['hosts', '10.1.0.10'], ['names'], ['rules'], ['operators']],
  ...[['incidents'], ['incidents', 'I7'], ['decisions'], ['decisions', 'D7'], ['suppressions']],
  ...[['suppressions', 'S7'], ['revisions'], ['audit', '--limit', '200'], ['breaker'], ['alerts']],
  ...[
    ['alerts', 'test'],
    ['approve', 'D1'],
    ['reject', 'D1'],
    ['revoke', 'D1'],
    ['status', '--json'],
  ],
  ...[
    ['audit', '--limit', '200', '--json'],
    ['incidents', 'I7', '--json'],
    ['names', '--json'],
  ],
];

describe.each(COMMANDS.map((args) => [args.join(' '), args] as const))('penstock %s', (_, args) => {
  it.each([
    ['a file', {}],
    ['a terminal', { columns: 80, rows: 40 }],
  ])('is safe to look at in %s', async (_where, terminal) => {
    const ran = await penstock(args, { ...reaching(api, 'admin'), NO_COLOR: '1' }, terminal);
    expect([0, 1]).toContain(ran.code);
    expect(ran.out + ran.err).not.toMatch(UNSAFE);
    expect((ran.out + ran.err).length).toBeGreaterThan(10);
  });
});

it('is what was shown', async () => {
  const shown = async (...args: string[]) => (await penstock(args, reaching(api, 'admin'))).out;
  for (const args of [['rules'], ['names'], ['incidents', 'I7'], ['audit'], ['flows'], ['hosts']])
    expect(await shown(...args), args.join(' ')).toContain('\\u{1b}]0;evil');
  expect((await penstock(['reject', 'D1'], reaching(api, 'admin'))).err).toContain('\\u{1b}]0;evil');
});
