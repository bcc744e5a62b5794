import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAgain, readStartPolicy } from '../../../src/daemon/start-policy.ts';
import { loadPolicyFile } from '../../../src/policy/loader.ts';
import { policyText } from '../policy/sources.ts';

const GOOD = policyText(`
  hostGroups: {web: {cidrs: [10.1.0.0/24]}}
  services: {https: [{protocol: tcp, ports: [443]}]}
  rules: [{id: r, owner: o, from: [web], to: {cidrs: [203.0.113.0/24]}, services: [https]}]
`);
const STALE = `${GOOD}  tests: [{name: old, from: 10.1.0.1, accept: ["192.0.2.1:443/tcp"]}]\n`;

describe('the policy at the start', () => {
  let folder: string;
  let warnings: string[];
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(JSON.parse(line).msg) });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'penstock-policy-'));
    warnings = [];
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (text: string) => {
    const path = join(folder, 'p.yaml');
    writeFileSync(path, text);
    return path;
  };

  it('is the file that was named', async () => {
    expect(await readStartPolicy(write(GOOD), log)).toMatchObject({
      policy: { name: 't' },
      policyActor: 'file',
      policyProblems: [],
    });
    expect(warnings).toEqual([]);
  });

  it('only watches when no file was named', async () => {
    const { policy, policyActor } = await readStartPolicy(undefined, log);
    expect([policy?.mode, policyActor]).toEqual(['audit', 'default']);
  });

  it.each<[string, string, RegExp]>([
    ['one with a mistake', GOOD.replace('rules:', 'rulez:'), /p\.yaml:\d+:\d+.*rulez/],
    ['one that is no YAML', '{', /p\.yaml:\d+:\d+/],
  ])('is not %s; the place is named', async (_, text, problem) => {
    const { policy, policyActor, policyProblems } = await readStartPolicy(write(text), log);
    expect([policy, policyActor]).toEqual([undefined, 'file']);
    expect(policyProblems.join('\n')).toMatch(problem);
  });

  it('is not one that is missing', async () => {
    expect((await readStartPolicy(join(folder, 'no.yaml'), log)).policyProblems).toEqual([
      expect.stringMatching(/ENOENT/),
    ]);
  });

  it('is the same when another thread loads it, for it has parts, and so are the places of mistakes', async () => {
    const part =
      'apiVersion: penstock/v1\nkind: EgressPolicyPart\nspec:\n  denyLists: [{id: d, cidrs: [198.51.100.0/24]}]\n';
    writeFileSync(join(folder, 'part.yaml'), part);
    const path = write(GOOD.replace('spec:', 'include: [part.yaml]\nspec:'));
    const { policy } = await readStartPolicy(path, log);
    expect(loadPolicyFile(path)).toMatchObject({ ok: true, policy, warnings: [] });
    writeFileSync(join(folder, 'part.yaml'), part.replace('/24', '/33'));
    const { policyProblems } = await readStartPolicy(path, log);
    expect(policyProblems).toEqual([expect.stringMatching(/^part\.yaml:4:/)]);
  });

  it('may fail its own tests, with a warning: a stale test must not leave a gateway without protection', async () => {
    expect((await readStartPolicy(write(STALE), log)).policy).toBeDefined();
    expect(warnings).toEqual([expect.stringContaining("test 'old' fails: 192.0.2.1:443/tcp")]);
  });
});

describe('the policy read again', () => {
  it.each<[string, string, RegExp | undefined]>([
    ['is taken when it is good', GOOD, undefined],
    ['is refused with a mistake', GOOD.replace('rules:', 'rulez:'), /rulez/],
    ['is refused when its own tests fail', STALE, /test 'old' fails/],
  ])('%s', (_, text, problem) => {
    const folder = mkdtempSync(join(tmpdir(), 'penstock-policy-'));
    try {
      const path = join(folder, 'p.yaml');
      writeFileSync(path, text);
      const read = readAgain(path);
      if (problem === undefined) expect(read).toMatchObject({ policy: { name: 't' } });
      else expect(read).toMatchObject({ problems: [expect.stringMatching(problem)] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
