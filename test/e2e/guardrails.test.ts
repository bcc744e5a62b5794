/**
 * What keeps people in and automation in bounds, with a real ssh session from an inside host to the gateway: whoever
 * runs Penstock is not cut off, a flood of blocks stops itself, two persons decide, a canary acts first.
 */
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PolicyPlan } from '../../src/engine/commands.ts';
import { SshLogin } from '../network/ssh-login.ts';
import { until } from '../network/waiting.ts';
import { BLOCK, type PolicyParts, policyText } from './policy-text.ts';
import { FAMILIES, LAPTOP, PRINTER, SCANNER, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const CLI = new URL('../../src/edges/cli/main.ts', import.meta.url).pathname;
const GATEWAY = '10.1.0.1';
const GATEWAY6 = 'fd00:1::1';

let site: Site;
let ssh: SshLogin;
const lives = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('guard', { policy: policyText('at-first') });
  ssh = lives.use(await SshLogin.open(site.network, 'gateway', GATEWAY, GATEWAY6));
});
afterAll(async () => {
  lives.dispose();
  await site?.[Symbol.asyncDispose]();
});

/** As an operator types it in a session on the gateway. */
const typed = (...args: string[]) => typedAt(GATEWAY, ...args);
const typedAt = (address: string, ...args: string[]) => {
  const command = [process.execPath, CLI, ...args, '--state-dir', site.daemon.stateDir];
  return ssh.run('laptop', command, 30_000, address);
};

function changed(name: string, parts: PolicyParts, change: (spec: Spec) => void): string {
  const document = JSON.parse(policyText(name, parts)) as { spec: Spec };
  change(document.spec);
  return JSON.stringify(document);
}

function fileOf(name: string, text: string): string {
  const path = join(site.daemon.stateDir, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  site.daemon.call('POST', path, body, headers);

async function planOf(text: string): Promise<PolicyPlan> {
  return (await post('/v1/policy/check', text, { 'content-type': 'application/yaml' })).body.plan;
}

/** Everything as at the start. */
async function goBack(): Promise<void> {
  expect((await post('/v1/rollback', { to: 1 })).status).toBe(200);
}

/** As soon as there are so many entries of a type, or more. */
const entries = (type: string, least = 1) =>
  until(`${least} ${type}`, async () => {
    const found = await site.entries(type);
    return found.length >= least ? found : undefined;
  });

interface Spec {
  mode: string;
  hostGroups: Record<string, object>;
  rules: object[];
}

const enforce = (spec: Spec) => {
  spec.mode = 'enforce';
};

/** What is said comes back. */
async function echoes(session: ChildProcess, word: string): Promise<void> {
  let heard = '';
  session.stdout?.on('data', (chunk: Buffer) => {
    heard += chunk;
  });
  session.stdin?.write(`${word}\n`);
  await until(`${word} to come back`, () => heard.includes(word));
}

const inForce = async () => (await site.daemon.call('GET', '/v1/status')).body.policy.name;

describe('a plan', () => {
  test('names the live connections that a policy would cut, by rule, host and destination', async () => {
    const route = { from: 'printer', to: 'shop', transport: 'tcp' } as const;
    using _talk = await Talk.begin(site.network, { ...route, address: SHOP[4], family: 4 });
    using _talk6 = await Talk.begin(site.network, { ...route, address: SHOP[6], family: 6 });
    const text = changed('no-shop', {}, (spec) => {
      enforce(spec);
      spec.rules = [];
    });
    const { cuts, mode, rules } = await planOf(text);
    expect({ mode, rules }).toMatchObject({
      mode: { from: 'respond', to: 'enforce' },
      rules: { removed: ['shop'] },
    });
    expect(cuts.byRule).toContainEqual({ key: 'shop', count: 2 });
    for (const family of FAMILIES) {
      expect(cuts.byHost).toContainEqual({ key: PRINTER[family], count: 1 });
      expect(cuts.byDestination).toContainEqual({ key: `${SHOP[family]} tcp/7000`, count: 1 });
      const line = `${PRINTER[family]} to ${SHOP[family]} tcp/7000: allowed by shop, then allowed by no rule`;
      expect(cuts.examples).toContainEqual(expect.stringContaining(line));
    }
    expect(await inForce()).toBe('at-first');
  });
});

describe("an operator's own path", () => {
  const SHUTS_OUT = () => changed('shuts-out', {}, enforce);

  test('is known from the session, and named in the plan', async () => {
    const { stdout } = await typed('operators');
    expect(stdout).toMatch(/10\.1\.0\.10 +ssh +10\.1\.0\.1 port 22 +admin/);
  });

  test('is not cut by a policy, and nothing changes, without --force', async () => {
    using session = {
      process: ssh.stay('laptop'),
      [Symbol.dispose]() {
        this.process.kill('SIGKILL');
      },
    };
    await echoes(session.process, 'before');
    const file = fileOf('shuts-out', SHUTS_OUT());
    const refused = await typed('apply', file);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('it would cut the path of an operator');
    expect(refused.stderr).toContain(`${LAPTOP[4]} to ${GATEWAY} tcp/22`);
    expect(refused.stderr).toContain('guardrail operators');
    expect(await inForce()).toBe('at-first');
    await echoes(session.process, 'after');
  });

  test('is known and not cut over IPv6 either', async () => {
    const { stdout } = await typedAt(GATEWAY6, 'operators');
    expect(stdout).toMatch(/fd00:1::10 +ssh +fd00:1::1 port 22 +admin/);
    const target = { kind: 'host', host: LAPTOP[6], allowTo: [] };
    const refused = await post('/v1/decisions', { target, ttlMs: 60_000, reason: 'a mistake' });
    expect(refused).toMatchObject({ status: 422, body: { guardrail: 'operators' } });
    expect(site.daemon.nftSet('quarantine6')).toEqual([]);
  });

  test('is cut with --force, and that is recorded; a rollback lets them in again', async () => {
    using session = {
      process: ssh.stay('laptop'),
      [Symbol.dispose]() {
        this.process.kill('SIGKILL');
      },
    };
    await echoes(session.process, 'before');
    const forced = typed('apply', fileOf('shuts-out', SHUTS_OUT()), '--force', '--reason', 'moving out');
    await until('the policy to be in force', async () => (await inForce()) === 'shuts-out', {
      timeoutMs: 60_000,
    });
    // Its own session is cut: it ends with the network.
    void forced;
    expect((await ssh.run('laptop', ['true'], 5_000)).status).not.toBe(0);
    const [{ actor, body }] = await site.entries('guardrail.forced');
    expect([actor, body.guardrail]).toEqual(['admin', 'operators']);
    expect(String(body.reason)).toContain(`${LAPTOP[4]} to ${GATEWAY} tcp/22 (ssh of admin)`);
    await goBack();
    expect((await ssh.run('laptop', ['true'])).status).toBe(0);
  });

  test('is not cut by a quarantine by hand without --force', async () => {
    const target = { kind: 'host', host: LAPTOP[4], allowTo: [] };
    const refused = await post('/v1/decisions', { target, ttlMs: 60_000, reason: 'a mistake' });
    expect(refused).toMatchObject({ status: 422, body: { code: 'refused', guardrail: 'operators' } });
    expect(refused.body.detail).toContain(`an operator works from ${LAPTOP[4]}`);
    expect(site.daemon.nftSet('quarantine4')).toEqual([]);
  });

  test('is not quarantined by itself, as any other host is', async () => {
    const actions = [
      { detector: 'policyViolation', action: 'quarantine', target: 'host', ttl: '1h', approval: 'none' },
    ];
    await site.apply(policyText('quarantines', { actions }));
    for (const host of ['laptop', 'printer'])
      site.network.run(host, 'ping', ['-n', '-c1', '-W0.2', stranger(66, 4)]);
    await site.decision(({ target }) => target.kind === 'host' && target.host === PRINTER[4]);
    // The gateway is in the host group too, and what it sends by itself may be a violation.
    const veto = await until('the veto for the laptop', async () =>
      (await site.entries('decision.vetoed')).find(({ body }) => body.guardrail === 'operators'),
    );
    expect(veto.body).toMatchObject({
      guardrail: 'operators',
      reason: `an operator works from ${LAPTOP[4]}`,
      decision: { action: 'quarantine', target: { host: LAPTOP[4] } },
    });
    expect((await ssh.run('laptop', ['true'])).status).toBe(0);
    await goBack();
  });
});

describe('the circuit breaker', () => {
  const actions = [{ detector: 'policyViolation', target: 'flow', ...BLOCK }];
  const spikeAt = (blocks: number) =>
    policyText(`spikes-at-${blocks}`, { actions, guardrails: { circuitBreaker: { blocks } } });
  const flood = (from: number, count: number) => {
    const script = Array.from(
      { length: count },
      (_, i) => `echo x > /dev/udp/${stranger(from + i, i % 2 === 0 ? 4 : 6)}/9`,
    );
    site.network.run('scanner', 'bash', ['-c', script.join('\n')]);
  };
  let standing = 0;
  const stands = () => site.daemon.nftSet('flow4').length + site.daemon.nftSet('flow6').length;
  const made = async () => (await site.entries('decision.proposed')).length;
  const breaker = async () => (await site.daemon.call('GET', '/v1/breaker')).body;

  test('opens under a flood of violations; what stands goes on standing, and nothing more is blocked', async () => {
    const before = await made();
    const vetoed = (await site.entries('decision.vetoed')).length;
    await site.apply(spikeAt(before + 5));
    flood(60, 12);
    const opened = (await entries('breaker.opened'))[0];
    expect(opened).toMatchObject({
      actor: 'penstock',
      body: { reason: expect.stringMatching(/automatic blocks within 10 min/) },
    });
    await entries('decision.vetoed', vetoed + 7);
    expect((await made()) - before).toBe(5);
    standing = stands();
    expect(standing).toBeGreaterThan(0);
  });

  test('is still open after the daemon died and another policy came', async () => {
    await site.daemon.stop('SIGKILL');
    await site.daemon.start();
    await site.apply(spikeAt(1_000));
    expect(await breaker()).toMatchObject({ state: 'open', actor: 'penstock' });
    expect(stands()).toBe(standing);
  });

  test('is closed by a person, and automation acts again', async () => {
    const before = await made();
    expect((await post('/v1/breaker/close', { reason: 'a test' })).body).toEqual({ state: 'closed' });
    flood(75, 1);
    await until('another block', async () => (await made()) > before);
    expect((await site.entries('breaker.closed'))[0]).toMatchObject({ actor: 'admin' });
  });
});

describe.each(FAMILIES)('a canary, over IPv%i', (family) => {
  test('acts on its host group, and tells of others what it would have done', async () => {
    const destination = stranger(79, family);
    const actions = [{ detector: 'policyViolation', target: 'flow', ...BLOCK, canary: ['pilots'] }];
    const pilots = (spec: Spec) => {
      spec.hostGroups.pilots = { cidrs: [`${PRINTER[4]}/32`, `${PRINTER[6]}/128`] };
    };
    await site.apply(changed(`pilot-${family}`, { actions }, pilots));
    for (const host of ['printer', 'scanner'])
      site.network.run(host, 'bash', ['-c', `echo x > /dev/udp/${destination}/9`]);
    await site.decision(
      ({ target }) =>
        target.kind === 'flow' && target.host === PRINTER[family] && target.destination === destination,
    );
    const withheld = await until('what was withheld', async () => {
      const all = await site.entries('decision.withheld');
      return all.find(({ body }) => String(body.reason).includes(SCANNER[family]));
    });
    expect(withheld.body).toMatchObject({
      decision: { action: 'block', target: { host: SCANNER[family], destination } },
      reason: `canary: it acts on pilots first, and ${SCANNER[family]} is in lan`,
    });
  });
});

describe('two persons', () => {
  let ben: string;
  const asBen = (path: string) => site.daemon.call('POST', path, {}, { authorization: `Bearer ${ben}` });

  beforeAll(async () => {
    const made = await site.daemon.call('POST', '/v1/tokens', { name: 'ben', role: 'approver' });
    ben = made.body.token;
    await site.apply(
      policyText('four-eyes', { guardrails: { twoPersons: { quarantine: true, policy: true } } }),
    );
  });

  test('quarantine a host: the first alone changes nothing', async () => {
    const target = { kind: 'host', host: PRINTER[4], allowTo: [] };
    const { body } = await site.daemon.call('POST', '/v1/decisions', {
      target,
      ttlMs: 60_000,
      reason: 'odd',
    });
    expect(body).toMatchObject({ state: 'pending', persons: 2 });
    expect(site.daemon.nftSet('quarantine4')).toEqual([]);
    const alone = await post(`/v1/decisions/${body.id}/approve`, {});
    expect(alone).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('it takes another person') },
    });
    expect((await asBen(`/v1/decisions/${body.id}/approve`)).body).toMatchObject({ state: 'active' });
    for (const address of Object.values(SHOP))
      expect(site.network.run('printer', 'ping', ['-n', '-c1', '-W0.3', address]).status).not.toBe(0);
  });

  test('change the policy: who proposed it cannot approve it', async () => {
    const applied = await site.daemon.call('PUT', '/v1/policy', policyText('proposed'), {
      'content-type': 'application/yaml',
    });
    expect(applied.body).toMatchObject({ changed: false, proposal: { id: 'P1', state: 'pending' } });
    expect(await inForce()).toBe('four-eyes');
    expect(await post('/v1/policy/proposals/P1/approve', {})).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('admin proposed P1 itself') },
    });
    expect((await asBen('/v1/policy/proposals/P1/approve')).status).toBe(200);
    expect(await inForce()).toBe('proposed');
  });
});
