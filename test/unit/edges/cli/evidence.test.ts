import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sealBundle } from '../../../../src/evidence/bundle.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock } from './penstock.ts';

const SEALED = sealBundle(
  {
    ...{ incident: 'I1', sealedAtMs: 1_000, version: '9.9.9', gateway: 'gw', packets: null, incomplete: [] },
    ...{ policyDigest: 'd', kernelDigest: 'k', window: { fromMs: 1, incidentMs: 2, toMs: 3 } },
    ledger: { seq: 4, hash: 'c'.repeat(64) },
  },
  [{ name: 'incident.json', content: Buffer.from('{}\n') }],
);

let api: ServedApi;
let folder: string;
const path = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-case-'));
  api = await ServedApi.start({
    evidence: {
      isCollecting: () => false,
      has: async () => true,
      read: async () => ({
        bytes: SEALED.bytes.length,
        pieces: (async function* () {
          yield SEALED.bytes;
        })(),
      }),
    },
  });
  const { manifestSha256, bundleSha256, bytes, manifest } = SEALED;
  const hashes = { manifestSha256, bundleSha256, ledger: manifest.ledger };
  const body = { incidentId: 'I1', bundle: 'I1.tar', bytes: bytes.length, packets: 0, ...hashes };
  api.append({ type: 'evidence.sealed', actor: 'penstock', body });
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const operator = () => ({ PENSTOCK_URL: api.url, PENSTOCK_TOKEN: api.tokens.operator });

it('lists, fetches for the person alone, and verifies', async () => {
  expect((await penstock(['evidence'], operator())).out).toContain('I1');
  const got = await penstock(['evidence', 'get', 'I1', '--output', path('I1.tar')], operator());
  expect([got.code, statSync(path('I1.tar')).mode & 0o777]).toEqual([0, 0o600]);
  expect(readFileSync(path('I1.tar'))).toEqual(Buffer.from(SEALED.bytes));
  for (const what of ['I1', path('I1.tar')]) {
    const { code, out } = await penstock(['evidence', 'verify', what], operator());
    expect([code, out]).toEqual([0, expect.stringContaining('the ledger agrees')]);
  }
});

it('verifies without a daemon, and says that it did', async () => {
  writeFileSync(path('alone.tar'), SEALED.bytes);
  const { code, out, err } = await penstock(['evidence', 'verify', path('alone.tar')], {});
  expect([code, out, err]).toEqual([
    ...[0, expect.stringContaining('no ledger to ask')],
    expect.stringContaining('not compared with a ledger'),
  ]);
});

it('ends with 1 for a changed bundle, 2 for what is none, 3 without the role', async () => {
  const changed = Buffer.from(SEALED.bytes);
  changed[changed.indexOf('{}\n')] = 0x5b;
  writeFileSync(path('changed.tar'), changed);
  const { code, out } = await penstock(['evidence', 'verify', path('changed.tar'), '--offline'], {});
  expect([code, out]).toEqual([
    1,
    expect.stringContaining('NOT SOUND: incident.json is not what was sealed'),
  ]);
  expect((await penstock(['evidence', 'verify', path('none.tar')], {})).code).toBe(2);
  expect((await penstock(['evidence', 'get', '../I1'], operator())).code).toBe(2);
  const viewer = { ...operator(), PENSTOCK_TOKEN: api.tokens.viewer };
  expect((await penstock(['evidence', 'get', 'I1', '--output', path('x.tar')], viewer)).code).toBe(3);
});
