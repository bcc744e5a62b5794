/**
 * The API asked whatever its own description allows, and more: every operation, as everybody and as nobody. The runs
 * are seeded; PENSTOCK_FUZZ_RUNS makes them longer, PENSTOCK_FUZZ_SEED others.
 */
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../../src/edges/api/openapi.ts';
import type { AlertControl } from '../../../../src/edges/api/resource/alerts.ts';
import type { EvidenceSource } from '../../../../src/edges/api/resource/evidence.ts';
import type { StixSource } from '../../../../src/edges/api/resource/stix.ts';
import { ROLES, type Role } from '../../../../src/edges/api/role.ts';
import { apiRoutes, type RouteParts } from '../../../../src/edges/api/routes.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import {
  type Document,
  type MadeRequest,
  type Operation,
  operationsOf,
  RequestMaker,
} from './described-requests.ts';
import { ServedApi } from './served-api.ts';

const RUNS = Number(process.env.PENSTOCK_FUZZ_RUNS ?? 25);
const SEED = Number(process.env.PENSTOCK_FUZZ_SEED ?? 20_261_130);

const document = openApiDocument(
  apiRoutes({ metrics: new Registry() } as RouteParts),
  '1',
) as unknown as Document;
const maker = new RequestMaker(document);
const OPERATIONS = operationsOf(document).map((each) => [`${each.method} ${each.path}`, each] as const);

const SEALED: EntryDraft = {
  type: 'evidence.sealed',
  actor: 'penstock',
  body: {
    ...{ incidentId: 'I1', bundle: 'I1.tar', bytes: 6, packets: 0 },
    ...{ manifestSha256: 'a'.repeat(64), bundleSha256: 'b'.repeat(64) },
    ledger: { seq: 4, hash: 'c'.repeat(64) },
  },
};

/** What the daemon puts beside the engine. The bundle of I1 is the only one. */
const evidence: EvidenceSource = {
  isCollecting: () => false,
  has: async (id) => id === 'I1',
  read: async (id) =>
    id === 'I1' ? { bytes: 6, pieces: Readable.from([Buffer.from('bundle')]) } : undefined,
};
const alerts: AlertControl = {
  status: () => [
    {
      ...{
        sink: 'webhook',
        type: 'webhook',
        state: 'idle' as const,
        lastSuccessMs: null,
        failingSinceMs: null,
      },
      ...{ backlog: 0, delivered: 0, failures: 0, refused: 0, error: null },
    },
  ],
  test: async (sink) => [{ sink: sink ?? 'webhook', delivered: true, tookMs: 1, error: null }],
};
const stix: StixSource = (id) => (id === 'I1' ? { type: 'bundle', id: 'bundle--1', objects: [] } : undefined);

let api: ServedApi;
/** Token texts that must never be told. */
let secrets: string[];
beforeAll(async () => {
  api = await ServedApi.start({ heartbeatMs: 60_000, evidence, alerts, stix });
  api.append(SEALED);
  secrets = [...Object.values(api.tokens), 'pst_'.concat('s'.repeat(43))];
});
afterAll(() => api[Symbol.asyncDispose]());

type As = Role | 'nobody' | 'impostor';
const IMPOSTOR = `Bearer pst_${'s'.repeat(43)}`;

async function send({ method }: Operation, { target, headers, body }: MadeRequest, as: As) {
  const closing = new AbortController();
  const authorization =
    as === 'nobody' ? undefined : as === 'impostor' ? IMPOSTOR : `Bearer ${api.tokens[as]}`;
  const response = await fetch(`${api.url}${target}`, {
    ...{ method, signal: closing.signal, redirect: 'manual' },
    ...(body !== undefined && method !== 'GET' && { body }),
    headers: {
      ...headers,
      ...(authorization && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const text = isStream ? '' : await response.text();
  closing.abort();
  return {
    status: response.status,
    text,
    type: response.headers.get('content-type') ?? '',
    headers: response.headers,
  };
}

const isEnough = (held: As, needed: string) => ROLES.indexOf(held as Role) >= ROLES.indexOf(needed as Role);

/** That evidence was fetched is recorded, and changes nothing else. */
function changes(): number {
  return api.engine
    .changes()
    .filter(({ name, params }) => !(name === 'record' && JSON.stringify(params).includes('"evidence.read"')))
    .length;
}

async function check(operation: Operation, request: MadeRequest, as: As): Promise<number> {
  const asked = api.engine.asked.length;
  const changed = changes();
  const before = api.engine.changes().length;
  const { status, text, type, headers } = await send(operation, request, as);
  expect(api.faults).toEqual([]);
  expect(status).not.toBe(500);
  expect(status).toBeLessThan(600);
  // Told by the answer: what it is, and nothing that makes a browser take it for something else.
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  if (status >= 400)
    expect([type, JSON.parse(text).status]).toEqual([expect.stringMatching(/problem\+json/), status]);
  for (const secret of secrets) expect(text).not.toContain(secret);
  for (const secret of secrets) expect(JSON.stringify([...headers])).not.toContain(secret);
  if (operation.role === undefined) return status;
  if (!isEnough(as, operation.role)) {
    expect([400, as === 'nobody' || as === 'impostor' ? 401 : 403, 404]).toContain(status);
    expect(api.engine.asked.slice(asked).filter(({ name }) => name !== 'noteOperator')).toEqual([]);
  } else if (operation.method === 'GET') expect(changes()).toBe(changed);
  // What is refused has changed nothing, and whatever is done is done in somebody's name.
  if (status >= 400) expect(changes()).toBe(changed);
  for (const change of api.engine.changes().slice(before))
    expect(JSON.stringify(change)).toContain(`"actor":"the-${as}"`);
  return status;
}

/** Operations of which some request got through to the end. */
const carriedOut = new Set<Operation>();

describe.each(OPERATIONS)('%s', (_, operation) => {
  it('answers as described, tells no secret, and changes nothing without the right role', async () => {
    const statuses = new Set<number>();
    const as = fc.oneof(fc.constantFrom<As>('nobody', 'impostor', ...ROLES), fc.constant<As>('admin'));
    // So that each is carried out at least once, whatever the others are.
    const plain = fc.sample(maker.plain(operation), { numRuns: 6, seed: SEED });
    await fc.assert(
      fc.asyncProperty(maker.requests(operation), as, async (request, who) => {
        secrets.push(...api.restoreTokens());
        statuses.add(await check(operation, request, who));
      }),
      {
        ...{ numRuns: RUNS, seed: SEED, endOnFailure: true },
        examples: plain.map((request): [MadeRequest, As] => [request, 'admin']),
      },
    );
    if ([...statuses].some((status) => status < 300)) carriedOut.add(operation);
  });
});

it('was not merely turned away', () => {
  const left = OPERATIONS.filter(([, operation]) => !carriedOut.has(operation)).map(([name]) => name);
  expect(left).toEqual([]);
});
