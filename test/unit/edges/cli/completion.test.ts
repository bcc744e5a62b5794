import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete } from '../../../../src/edges/cli/completion/complete.ts';
import { createProgram } from '../../../../src/edges/cli/program.ts';
import { ofProcess } from '../../../../src/edges/cli/surroundings.ts';
import { hostLine } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, reaching } from './penstock.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
  const hosts = ['fd00:1::10', '10.1.0.10', '$(reboot)', 'a;b'].map(hostLine);
  api.engine.answer('profiles', () => ({ hosts, established: 4, truncated: false, next: null }));
});
afterAll(() => api[Symbol.asyncDispose]());

/** What the daemon has, however busy this machine is. `line` ends where the person is. */
async function answer(line: string): Promise<string> {
  const out = new PassThrough({ encoding: 'utf8' });
  const { input, err, now, onInterrupt } = ofProcess();
  const program = createProgram({ env: reaching(api, 'admin'), input, out, err, now, onInterrupt });
  await complete(program, line.split(' '), 30_000);
  return out.read() ?? '';
}

/** Values only. */
async function completed(line: string): Promise<string[]> {
  const values = (await answer(line)).split('\n').flatMap((each) => each.split('\t', 1));
  return values.filter((value) => value !== '');
}

describe('what could come next', () => {
  it.each([
    ['sta', ['status']],
    ['rev', ['revisions', 'revoke']],
    ['token ', ['create', 'list', 'revoke', 'help']],
    ['token create x --role a', ['approver', 'admin']],
    ['token create x --role=a', ['--role=approver', '--role=admin']],
    ['incidents --state open --sta', ['--state-dir']],
    ['incidents --sta', ['--state', '--state-dir']],
    ['--json decisions --state p', ['pending', 'provisional']],
    ['completion ', ['bash', 'zsh']],
    ['check ', [':files']],
    ['apply --confirm-within 60s p', [':files']],
    ['daemon --policy ', [':files']],
    ['--state-dir ', [':dirs']],
    ['block ', []],
    ['nonsense ', []],
    ['', expect.arrayContaining(['status', 'apply'])],
  ])('penstock %s', async (line, values) => expect(await completed(line)).toEqual(values));

  it.each([
    ['approve ', ['D3', 'D2', 'D1', 'P1']],
    ['revoke D', ['D3', 'D1']],
    ['incidents ', ['I3', 'I2', 'I1']],
    ['close I1', ['I1']],
    ['unsuppress ', ['S1']],
    ['rollback ', ['2', '1']],
    ['diff --from ', ['2', '1']],
    ['flows --rule w', ['web-payments']],
    ['names ', ['mirror.example.org']],
    ['token revoke the-a', ['the-admin', 'the-approver']],
  ])('of the daemon: penstock %s', async (line, values) =>
    expect((await completed(line)).toSorted()).toEqual(values.toSorted()),
  );

  it('is nothing that a shell would take for a command', async () => {
    expect(await completed('quarantine ')).toEqual(['fd00:1::10', '10.1.0.10']);
  });
  it('says what each is', async () => {
    expect(await answer('approve D2')).toBe('D2\tpending: block 10.1.0.10 -> 198.51.100.66 443/tcp\n');
  });
  it.each([
    ['without a daemon', {}],
    ['with one that says no', { PENSTOCK_URL: 'http://127.0.0.1:2', PENSTOCK_TOKEN: 'x' }],
    ['with settings that cannot be read', { PENSTOCK_CONFIG: '/nowhere/penstock.yaml' }],
  ])('is nothing, silently, %s', async (_what, env: Record<string, string>) => {
    expect(await penstock(['__complete', 'approve', ''], env)).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('in a real bash', () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-completion-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const command = fileURLToPath(new URL('../../../../bin/penstock', import.meta.url));

  /** As readline would call it for this line. */
  async function inBash(line: string): Promise<string[]> {
    const script = `
      source <(penstock completion bash)
      COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=($1) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      [[ $1 == *' ' ]] && COMP_WORDS+=('') && COMP_CWORD=$((COMP_CWORD + 1))
      _penstock penstock
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script, 'bash', line], {
      cwd: folder,
      env: { PATH: `${folder}/bin:${process.env.PATH}`, ...reaching(api, 'viewer') },
    });
    return stdout.split('\n').filter((each) => each !== '');
  }

  beforeAll(() => {
    mkdirSync(join(folder, 'bin'));
    symlinkSync(command, join(folder, 'bin', 'penstock'));
    writeFileSync(join(folder, 'office.yaml'), '');
    mkdirSync(join(folder, 'policies'));
  });

  it.each([
    ['penstock stat', ['status']],
    ['penstock check o', ['office.yaml']],
    ['penstock --state-dir p', ['policies']],
    // Readline takes the word to begin after the last colon or equals sign.
    ['penstock token create x --role=a', ['approver', 'admin']],
  ])('%s', async (line, values) => expect(await inBash(line)).toEqual(values));
});
