/**
 * Bundles of evidence: the ledger says which there are, the shelf has their bytes. Who fetches one is recorded.
 *
 *   evidence.sealed ---> sealed ---- the file is gone ----> missing
 *                           |
 *                           +------ evidence.deleted -----> deleted
 *   evidence.failed ---> failed
 *   none of them ------> collecting, where the collector says so; else there is none
 */
import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import type { Entry, Recorded } from '../../../ledger/entry.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { checkRequest, jsonRoute, NOTHING, type Route } from '../route.ts';
import { evidenceSchema } from '../schema/evidence.ts';
import { cutPage, pageOf, pageQuery } from '../schema/page.ts';
import { incidentId } from '../schema/text.ts';

/** The bundles on disk. */
export interface EvidenceSource {
  isCollecting(incident: string): boolean;
  has(incident: string): Promise<boolean>;
  read(incident: string): Promise<{ bytes: number; pieces: AsyncIterable<Uint8Array> } | undefined>;
}

interface Parts {
  readonly engine: EngineControl;
  readonly ledger: LedgerQueries;
  readonly evidence?: EvidenceSource | undefined;
}

const params = z.strictObject({ id: incidentId });
const request = { ...NOTHING, params };
const CONTENT_TYPE = 'application/x-tar';
/** Of one incident there are a few: sealed, deleted, and who has read it. */
const MOST_ENTRIES = 500;

export function evidenceRoutes(parts: Parts): Route[] {
  return [listRoute(parts), oneRoute(parts), bundleRoute(parts)];
}

function listRoute({ ledger, evidence }: Parts): Route {
  return jsonRoute({
    method: 'get',
    path: '/v1/evidence',
    role: 'operator',
    summary: 'Bundles of evidence that were sealed, newest first',
    request: { ...NOTHING, query: z.strictObject(pageQuery) },
    answer: pageOf(evidenceSchema),
    async handle({ query: { limit, ...rest } }) {
      const sealed = ledger.entries({ ...rest, type: 'evidence.sealed', order: 'newest', limit: limit + 1 });
      const { items, next } = cutPage(sealed.filter(isSealed), limit, ({ seq }) => seq);
      return {
        items: await Promise.all(items.map((entry) => viewOf(entry, latestOf(ledger, entry), evidence))),
        next,
      };
    },
  });
}

function oneRoute({ ledger, evidence }: Parts): Route {
  return jsonRoute({
    method: 'get',
    path: '/v1/incidents/{id}/evidence',
    role: 'operator',
    summary: 'What is kept of an incident, and its hashes',
    request,
    answer: evidenceSchema,
    handle: ({ params: { id } }) => describe(id, ledger, evidence),
  });
}

function bundleRoute({ engine, ledger, evidence }: Parts): Route {
  return {
    kind: 'download',
    method: 'get',
    path: '/v1/incidents/{id}/evidence/bundle',
    role: 'operator',
    summary: 'The bundle of an incident; that it was fetched goes into the ledger',
    contentTypes: [CONTENT_TYPE],
    request,
    async open(raw, caller) {
      const { id } = checkRequest(z.object(request), raw).params;
      const { state, bundle } = await describe(id, ledger, evidence);
      const found = state === 'sealed' ? await evidence?.read(id) : undefined;
      if (found === undefined || bundle === null)
        throw new RequestError('not-found', `there is no bundle of ${id}: it is ${state}`);
      const body = { incidentId: id, bundle: bundle.name };
      await askEngine(engine, 'record', { entries: [{ type: 'evidence.read', actor: caller.name, body }] });
      return { contentType: CONTENT_TYPE, fileName: bundle.name, bytes: found.bytes, content: found.pieces };
    },
  };
}

type Sealed = Recorded<'evidence.sealed'>;
type Ended = Recorded<'evidence.failed'> | Recorded<'evidence.deleted'>;

/** @throws RequestError not-found */
async function describe(id: string, ledger: LedgerQueries, evidence: EvidenceSource | undefined) {
  const entries = ledger.entries({ type: 'evidence', subject: id, order: 'oldest', limit: MOST_ENTRIES });
  const last = entries.findLast((entry) => isSealed(entry) || isEnd(entry)) as Sealed | Ended | undefined;
  const sealed = entries.findLast(isSealed);
  if (last !== undefined) return viewOf(sealed, isEnd(last) ? last : undefined, evidence);
  if (evidence?.isCollecting(id)) return collecting(id, ledger);
  throw new RequestError('not-found', `no evidence of ${id} is kept`);
}

/** What became of it since. */
function latestOf(ledger: LedgerQueries, { seq, body }: Sealed): Ended | undefined {
  const since = { after: seq, subject: body.incidentId, limit: MOST_ENTRIES };
  return ledger.entries({ ...since, type: 'evidence.deleted' }).find(isEnd);
}

async function viewOf(
  sealed: Sealed | undefined,
  end: Ended | undefined,
  evidence: EvidenceSource | undefined,
) {
  const entry = end ?? (sealed as Sealed);
  const incident = entry.body.incidentId;
  const isThere = end !== undefined || ((await evidence?.has(incident)) ?? false);
  return {
    ...{ seq: entry.seq, incident, atMs: entry.atMs, reason: end?.body.reason ?? null },
    state:
      end === undefined
        ? isThere
          ? 'sealed'
          : 'missing'
        : end.type === 'evidence.failed'
          ? 'failed'
          : 'deleted',
    bundle: sealed === undefined ? null : bundleOf(sealed),
  } as const;
}

function bundleOf({ body: { bundle, bytes, packets, manifestSha256, bundleSha256, ledger } }: Sealed) {
  return { name: bundle, bytes, packets, manifestSha256, bundleSha256, ledger };
}

function collecting(incident: string, ledger: LedgerQueries) {
  const [entry] = ledger.entries({ type: 'incident', subject: incident, limit: 1 });
  const { seq = 0, atMs = 0 } = entry ?? {};
  return { ...{ seq, incident, atMs, reason: null, bundle: null }, state: 'collecting' } as const;
}

function isSealed(entry: Entry): entry is Sealed {
  return entry.type === 'evidence.sealed';
}

function isEnd(entry: Entry): entry is Ended {
  return entry.type === 'evidence.failed' || entry.type === 'evidence.deleted';
}
