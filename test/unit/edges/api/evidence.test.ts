import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { ServedApi } from './served-api.ts';

const sealed = (incidentId: string): EntryDraft => ({
  type: 'evidence.sealed',
  actor: 'penstock',
  body: {
    ...{ incidentId, bundle: `${incidentId}.tar`, bytes: 6, packets: 2 },
    ...{
      manifestSha256: 'a'.repeat(64),
      bundleSha256: 'b'.repeat(64),
      ledger: { seq: 4, hash: 'c'.repeat(64) },
    },
  },
});

describe('evidence over the API', () => {
  let api: ServedApi;
  const onShelf = new Map([
    ['I1', Buffer.from('bundle')],
    ['I3', Buffer.from('bundle')],
  ]);

  beforeAll(async () => {
    api = await ServedApi.start({
      evidence: {
        isCollecting: (id) => id === 'I2',
        has: async (id) => onShelf.has(id),
        async read(id) {
          const bytes = onShelf.get(id);
          return (
            bytes && {
              bytes: bytes.length,
              pieces: (async function* () {
                yield bytes;
              })(),
            }
          );
        },
      },
    });
    const reason = 'the disk is full';
    api.append(
      sealed('I1'),
      sealed('I3'),
      {
        type: 'evidence.deleted',
        actor: 'penstock',
        body: { incidentId: 'I3', bundle: 'I3.tar', reason: 'old' },
      },
      { type: 'evidence.failed', actor: 'penstock', body: { incidentId: 'I4', reason } },
      sealed('I5'),
    );
  });

  afterAll(() => api[Symbol.asyncDispose]());

  const ask = async (path: string) => (await api.ask(path, { as: 'operator' })).json;

  test.each([
    ['I1', { state: 'sealed', reason: null, bundle: { name: 'I1.tar', bytes: 6, packets: 2 } }],
    ['I2', { state: 'collecting', bundle: null }],
    ['I3', { state: 'deleted', reason: 'old', bundle: { name: 'I3.tar' } }],
    ['I4', { state: 'failed', reason: 'the disk is full', bundle: null }],
    ['I5', { state: 'missing', bundle: { name: 'I5.tar' } }],
  ])('of %s is told as it stands', async (id, expected) => {
    expect(await ask(`/v1/incidents/${id}/evidence`)).toMatchObject({ incident: id, ...expected });
  });

  test('is listed a page at a time, the newest first', async () => {
    const first = await ask('/v1/evidence?limit=2');
    expect(
      first.items.map(({ incident, state }: { incident: string; state: string }) => [incident, state]),
    ).toEqual([
      ['I5', 'missing'],
      ['I3', 'deleted'],
    ]);
    const rest = await ask(`/v1/evidence?limit=2&before=${first.next}`);
    expect([rest.items[0].incident, rest.next]).toEqual(['I1', null]);
  });

  test('is handed out as a file, and who took it is recorded', async () => {
    const response = await api.send('/v1/incidents/I1/evidence/bundle', { as: 'operator' });
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="I1.tar"');
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'application/x-tar',
      'bundle',
    ]);
    expect(api.engine.asked.findLast(({ name }) => name === 'record')?.params).toEqual({
      entries: [
        { type: 'evidence.read', actor: 'the-operator', body: { incidentId: 'I1', bundle: 'I1.tar' } },
      ],
    });
  });

  test.each([
    ['nobody knows', '/v1/incidents/I9/evidence', 404],
    ['is not sealed', '/v1/incidents/I2/evidence/bundle', 404],
    ['was deleted', '/v1/incidents/I3/evidence/bundle', 404],
    ['is no incident', '/v1/incidents/..%2F..%2Fetc%2Fpasswd/evidence/bundle', 404],
    ['is another file', '/v1/incidents/I1.tar/evidence/bundle', 404],
  ])('that %s is not there', async (_, path, status) => {
    expect((await api.ask(path, { as: 'admin' })).status).toBe(status);
  });

  test.each(['/v1/evidence', '/v1/incidents/I1/evidence', '/v1/incidents/I1/evidence/bundle'])(
    'is not for those who only look: %s',
    async (path) => {
      expect((await api.ask(path, { as: 'viewer' })).status).toBe(403);
      expect((await api.ask(path)).status).toBe(401);
    },
  );

  test('that cannot be recorded as read is not handed out', async () => {
    api.engine.refuse('record', { code: 'failed', message: 'the ledger is full' });
    expect((await api.ask('/v1/incidents/I1/evidence/bundle', { as: 'operator' })).status).toBe(503);
  });
});
