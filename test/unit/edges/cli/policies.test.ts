import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../../src/edges/api/role.ts';
import { POLICY_TEXT } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, reaching } from './penstock.ts';

let api: ServedApi;
let folder: string;
beforeEach(async () => {
  api = await ServedApi.start();
  folder = mkdtempSync(join(tmpdir(), 'penstock-cli-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api[Symbol.asyncDispose]();
});

const as = (role: Role, ...args: string[]) => penstock(args, reaching(api, role));
const write = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('policies', () => {
  const included = POLICY_TEXT.replace('spec:\n', 'include: [parts/services.yaml]\nspec:\n').replace(
    '  services:\n    https: [{protocol: tcp, ports: [443]}]\n',
    '',
  );
  const part =
    'apiVersion: penstock/v1\nkind: EgressPolicyPart\nspec:\n  services:\n    https: [{protocol: tcp, ports: [443]}]\n';
  const misspelt = POLICY_TEXT.replace('from: [web]', 'from: [wbe]');
  const failing = POLICY_TEXT.replace('deny: ["198.51.100.1', 'deny: ["203.0.113.9');

  it('apply sends a policy with what it includes', async () => {
    mkdirSync(join(folder, 'parts'));
    write('parts/services.yaml', part);
    const ran = await as('admin', 'apply', write('office.yaml', included), '--reason', 'new rule');
    expect(ran).toMatchObject({ code: 0, err: expect.stringMatching(/^\+ rule web-payments\n/) });
    expect(ran.out).toContain("revision 3: policy 'office'");
    expect(api.engine.changes()).toMatchObject([
      {
        name: 'applyPolicy',
        params: {
          reason: 'new rule',
          policy: {
            sources: { entry: 'office.yaml', files: [{ text: included }, { name: 'parts/services.yaml' }] },
          },
        },
      },
    ]);
  });
  it.each([['diff'], ['apply', '--dry-run']])('%s shows the plan and changes nothing', async (...args) => {
    const ran = await as('operator', ...args, write('office.yaml', POLICY_TEXT));
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(
      /^\+ rule web-payments\n~ guardrail maxBlocksPerMinute 50 -> 20\nnewly denied +0 standing flows\nnewly allowed +2/,
    );
    expect(ran.out).toMatch(/would be cut +3 standing connections\n +by rule +web-out \(3\)\n/);
    expect(ran.out).toMatch(/would be lifted +D7\n +D7: host 10.1.0.11\n/);
    expect(ran.out).toContain('refused without --force:\n  10.1.0.10 -> 10.1.0.1 22/tcp, ssh of laptop');
    expect(api.engine.changes()).toEqual([]);
  });
  it('check names file, line and column, and exits 2', async () => {
    const bad = write('bad.yaml', misspelt);
    const good = write('good.yaml', POLICY_TEXT);
    const ran = await penstock(['check', good, bad]);
    expect(ran.code).toBe(2);
    expect(ran.out).toContain(`${good}: valid\n`);
    expect(ran.out).toMatch(
      new RegExp(`^${bad}:15:14 spec\\.rules\\[0\\]\\.from\\[0\\]: .*'wbe'.*; expected: .*web`, 'm'),
    );
    const json = JSON.parse((await penstock(['check', '--json', bad])).out);
    expect(json).toMatchObject({
      valid: false,
      files: [{ file: bad, valid: false, problems: [{ file: bad, line: 15 }] }],
    });
  });
  it('check of a file that is not there names it', async () => {
    const ran = await penstock(['check', join(folder, 'none.yaml')]);
    expect(ran.code).toBe(2);
    expect(ran.out).toContain(`${join(folder, 'none.yaml')}:1:1: cannot be read (ENOENT)`);
  });
  it('test passes and fails', async () => {
    const good = await penstock(['test', write('good.yaml', POLICY_TEXT)]);
    expect(good).toMatchObject({ code: 0, out: expect.stringContaining('1 of 1 tests pass') });
    const bad = await penstock(['test', write('bad.yaml', failing)]);
    expect(bad.code).toBe(1);
    expect(bad.out).toContain("test 'card processor': 203.0.113.9:443/tcp: expected deny, got allow");
    expect((await penstock(['test', write('worse.yaml', misspelt)])).code).toBe(2);
  });
  it('apply of a policy with a problem says which, and asks for nothing', async () => {
    const bad = write('bad.yaml', misspelt);
    const ran = await as('admin', 'apply', bad);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(`${bad}:15:14`) });
    expect(api.engine.asked).toEqual([]);
  });
  it('apply of a policy whose tests fail is told so by the daemon', async () => {
    const ran = await as('admin', 'apply', write('bad.yaml', failing));
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("test 'card processor'") });
    expect(api.engine.changes()).toEqual([]);
  });
});
