/** `GET /v1/incidents/{id}/stix` and `penstock incidents ID --stix FILE`. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exportStix } from '../../../../src/edges/alerts/stix/export.ts';
import { OBSERVER } from '../alerts/entries.ts';
import { problemsIn } from '../alerts/stix/validator.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, reaching } from './penstock.ts';

async function served(): Promise<ServedApi> {
  const api: ServedApi = await ServedApi.start({ stix: (id) => exportStix(api.ledger, OBSERVER, id) });
  onTestFinished(() => api[Symbol.asyncDispose]());
  return api;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'penstock-stix-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('an incident is written as a bundle that keeps to the specification', async () => {
  const api = await served();
  const file = join(folder(), 'i2.json');
  const ran = await penstock(['incidents', 'I2', '--stix', file], reaching(api, 'viewer'));
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toMatch(/^I2 is in .*i2\.json: \d+ objects\n$/);
  const bundle = JSON.parse(readFileSync(file, 'utf8'));
  expect(problemsIn(bundle)).toEqual([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { json } = await api.ask('/v1/incidents/I2/stix', { as: 'viewer' });
  expect(json).toEqual(bundle);
});

test('no incident, no id, no place to write', async () => {
  const api = await served();
  expect((await api.ask('/v1/incidents/I99/stix', { as: 'viewer' })).status).toBe(404);
  expect((await api.ask('/v1/incidents/I2/stix')).status).toBe(401);
  const ran = (...args: string[]) => penstock(['incidents', ...args], reaching(api, 'viewer'));
  expect(await ran('I99', '--stix', join(folder(), 'x'))).toMatchObject({ code: 2 });
  expect(await ran('--stix', 'x')).toMatchObject({ code: 2, err: expect.stringMatching(/name it/) });
  expect(await ran('I2', '--stix', join(folder(), 'no', 'x'))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/ENOENT/),
  });
});
