import { z } from 'zod';
import type { Confirmation, EngineControl, RollbackResult } from '../../../engine/commands.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import type { Revision } from '../../../ledger/revision.ts';
import { diffRevisions } from '../../../ledger/revision-difference.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { cutPage, pageOf, pageQuery, timeQuery } from '../schema/page.ts';
import { proposedPolicy } from '../schema/policy-plan.ts';
import { policyText, revisionDifference, triedRevision, withTrial } from '../schema/revision.ts';
import { trialStatus } from '../schema/status.ts';
import { actorName, confirmWithin, force, reason, revisionText } from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
  ledger: LedgerQueries;
}

const rollbackResult = z.object({
  revision: z.number(),
  restoredFrom: z.number(),
  policyChanged: z.boolean(),
  lifted: z.array(z.string()),
  reinstated: z.array(z.string()),
  expired: z.array(z.string()),
  protected: z.array(z.string()),
}) satisfies z.ZodType<RollbackResult>;

const confirmation = z.object({
  revision: z.number(),
  policyName: z.string(),
  policyDigest: z.string(),
  actor: z.string(),
  confirmedAtMs: z.number(),
}) satisfies z.ZodType<Confirmation>;

const params = z.strictObject({ number: revisionText });
const rollbackBody = z
  .strictObject({ to: z.int().positive(), reason, confirmWithin: confirmWithin.optional(), force })
  .meta({ example: { to: 41, reason: 'the new rule cuts off the build hosts' } });
const filter = {
  kind: triedRevision.shape.kind.optional(),
  actor: actorName.optional(),
  ...timeQuery('Made'),
};

export function revisionRoutes(parts: Parts): Route[] {
  return [...readingRoutes(parts), ...changingRoutes(parts)];
}

function readingRoutes({ ledger }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/revisions',
      role: 'viewer',
      summary: 'Revisions, newest first',
      request: { ...NOTHING, query: z.strictObject({ ...pageQuery, ...filter }) },
      answer: pageOf(triedRevision),
      handle({ query: { limit, ...rest } }) {
        const page = cutPage(ledger.revisions({ ...rest, limit: limit + 1 }), limit, ({ number }) => number);
        return { ...page, items: page.items.map((each) => withTrial(each, ledger)) };
      },
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/revisions/{number}',
      role: 'viewer',
      summary: 'One revision',
      request: { ...NOTHING, params },
      answer: triedRevision,
      handle: ({ params: { number } }) => withTrial(known(ledger, number), ledger),
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/revisions/{number}/policy',
      role: 'viewer',
      summary: 'The policy of a revision, as it was written',
      request: { ...NOTHING, params },
      answer: policyText,
      tagOf: ({ digest }) => digest,
      handle({ params: { number } }) {
        const { policyDigest: digest } = known(ledger, number);
        const stored = ledger.storedPolicy(digest);
        if (!stored)
          throw new RequestError('not-found', `the policy of revision ${number} is not in the ledger`);
        const { entry, files } = stored.sources;
        return {
          name: stored.name,
          digest,
          entry,
          files: Object.fromEntries(files.map((f) => [f.name, f.text])),
        };
      },
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/revisions/{number}/diff',
      role: 'viewer',
      summary: 'What differs between a revision and another one, by default the last',
      request: { ...NOTHING, params, query: z.strictObject({ to: revisionText.optional() }) },
      answer: revisionDifference,
      handle({ params: { number: from }, query }) {
        const to = query.to ?? ledger.latestRevision()?.number ?? from;
        const found = diffRevisions(ledger, {
          from: known(ledger, from).number,
          to: known(ledger, to).number,
        });
        if (!found) throw new RequestError('not-found', `there is no revision ${from} or ${to}`);
        return found;
      },
    }),
  ];
}

/** @throws RequestError when there is no such revision */
function known(ledger: LedgerQueries, number: number): Revision {
  const revision = ledger.revision(number);
  if (!revision) throw new RequestError('not-found', `there is no revision ${number}`);
  return revision;
}

function changingRoutes({ engine }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'post',
      path: '/v1/revisions/{number}/confirm',
      role: 'admin',
      summary: 'The policy that waits to be confirmed stays',
      request: { ...NOTHING, params, body: z.strictObject({ reason }).prefault({}) },
      answer: confirmation,
      handle: ({ params: { number: revision }, body }, { name: actor }) =>
        askEngine(engine, 'confirm', { revision, actor, reason: body.reason }),
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/rollback',
      role: 'admin',
      summary: 'Make policy and standing decisions those of a revision; this is a new revision',
      request: { ...NOTHING, body: rollbackBody },
      answer: rollbackResult.extend({
        trial: trialStatus.nullable().meta({ description: 'What is to be confirmed, and until when.' }),
        proposal: proposedPolicy.nullable().meta({
          description: 'It waits for a second person, and nothing was changed; null where one is enough.',
        }),
      }),
      handle: ({ body: { to, reason, confirmWithin: confirmWithinMs, force } }, { name: actor }) =>
        askEngine(engine, 'rollback', {
          ...{ to, reason, actor },
          ...(confirmWithinMs !== undefined && { confirmWithinMs }),
          ...(force && { force }),
        }),
    }),
  ];
}
