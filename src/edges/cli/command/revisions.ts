import type { Command } from 'commander';
import type { Answer, Schema } from 'penstock-client';
import { doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import { limitOption, showPage, wholeNumber } from '../listing.ts';
import { alarming, type Cell, type Look } from '../look.ts';
import { plain, plainLines } from '../plain-text.ts';
import { facts, table } from '../table.ts';
import { age, moment, timeLeft } from '../time.ts';

type TriedRevision = Schema<'TriedRevision'>;

export function defineRevisions(command: Command): void {
  command
    .argument('[revision]', 'show this one, with its policy as it was written', parsed(wholeNumber))
    .addOption(limitOption())
    .addHelpText('after', examples('revisions --limit 10', 'revisions 12'))
    .action(
      doing<{ limit: number }>(async (context, [number], { limit }) => {
        if (number !== undefined) return showOne(context, wholeNumber(number));
        const api = await context.api();
        return showPage(context, api.GET('/v1/revisions', { params: { query: { limit } } }), describeAll);
      }),
    );
}

async function showOne(context: Context, number: number): Promise<undefined> {
  const api = await context.api();
  const params = { path: { number } };
  const revision = await answered(api.GET('/v1/revisions/{number}', { params }));
  const policy = await answered(api.GET('/v1/revisions/{number}/policy', { params }));
  context.screen.show({ ...revision, policy }, describeOne);
}

type Written = TriedRevision & { readonly policy: Answer<'get', '/v1/revisions/{number}/policy'> };

function describeOne({ policy, ...one }: Written, look: Look): string {
  const head = facts(
    [
      ['revision', String(one.number)],
      ['made', `${moment(one.atMs, look)} by ${one.actor}`],
      ['kind', kindOf(one)],
      ['reason', one.reason || '-'],
      ['confirmed', describeConfirmation(one, look)],
      ['policy', `${policy.name} ${one.policyDigest}`],
      ['kernel table', one.rulesetDigest ?? 'not known'],
    ],
    look,
  );
  const files = Object.entries(policy.files).map(([name, text]) => `--- ${plain(name)}\n${plainLines(text)}`);
  return [head, ...files].join('\n\n');
}

const HEADS = [
  'number',
  { head: 'made', drop: 2 },
  'kind',
  'by',
  { head: 'policy', drop: 3 },
  { head: 'confirmed', drop: 1 },
  'reason',
];

function describeAll(revisions: readonly TriedRevision[], look: Look): string {
  const rows = revisions.map((one) => [
    String(one.number),
    age(one.atMs, look),
    kindOf(one),
    one.actor,
    one.policyDigest.slice(0, 12),
    describeConfirmation(one, look),
    one.reason,
  ]);
  return table(HEADS, rows, look);
}

function kindOf({ kind, restoredFrom }: TriedRevision): string {
  return restoredFrom === null ? kind : `${kind} to ${restoredFrom}`;
}

function describeConfirmation({ trial }: TriedRevision, { nowMs }: Look): Cell {
  if (trial === null) return '-';
  const { state, end, deadlineMs } = trial;
  if (end === null) return alarming(`WAITS, ends ${timeLeft(deadlineMs, nowMs)}`);
  return state === 'confirmed' ? `by ${end.actor}` : `no: taken back by ${end.revision}`;
}
