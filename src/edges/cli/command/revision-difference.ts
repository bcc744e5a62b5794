/** `penstock diff --from 3 --to 5`: what differs between two revisions. */
import type { Schema } from 'penstock-client';
import type { Decision } from '../../../decision/decision.ts';
import type { FieldDifference, PartDifference } from '../../../policy/difference/policy-difference.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import type { Look } from '../look.ts';
import { marked } from '../plan-wording.ts';
import { localTime } from '../time.ts';
import { describeDeadline, describeTarget } from '../wording.ts';

const MARKS = { added: '+', removed: '-', changed: '~' };

export async function showRevisionDifference(
  context: Context,
  { from, to }: { from: number; to?: number },
): Promise<undefined> {
  const params = { path: { number: from }, query: { to } };
  const found = await answered((await context.api()).GET('/v1/revisions/{number}/diff', { params }));
  context.screen.show(found, describe);
}

function describe(difference: Schema<'RevisionDifference'>, look: Look): string {
  const { from, to, policy, unreadable, decisions } = difference;
  const lines = [
    ...unreadable.map((number) => `? the policy of revision ${number} cannot be read by this version`),
    ...(policy?.parts.flatMap(partLines) ?? []),
    ...(policy?.more ? [`  and ${policy.more} more parts`] : []),
    ...decisions.removed.map((each) => `- ${decisionLine(each, look)}`),
    ...decisions.added.map((each) => `+ ${decisionLine(each, look)}`),
    ...decisions.changed.map((each) => `~ ${decisionLine(each.to, look)}; was ${stateOf(each.from, look)}`),
    ...(decisions.more > 0 ? [`  and ${decisions.more} more decisions`] : []),
  ];
  const head = [
    `--- revision ${from.number}, ${localTime(from.atMs)} by ${from.actor}: ${from.reason}`,
    `+++ revision ${to.number}, ${localTime(to.atMs)} by ${to.actor}: ${to.reason}`,
  ];
  return [...head, ...(lines.length === 0 ? ['nothing differs'] : lines)]
    .map((line) => marked(line, look))
    .join('\n');
}

function partLines({ part, id, change, fields }: PartDifference): string[] {
  const name = id === null ? part : `${part} ${id}`;
  const [only] = fields;
  if (id === null && fields.length === 1 && only?.field === part)
    return [`${MARKS[change]} ${part} ${only.from ?? '-'} -> ${only.to ?? '-'}`];
  return [`${MARKS[change]} ${name}`, ...fields.flatMap((field) => fieldLines(field, change))];
}

function fieldLines({ field, from, to, added, removed }: FieldDifference, change: PartDifference['change']) {
  const lists = [
    ...removed.map((each) => `    - ${field} ${each}`),
    ...added.map((each) => `    + ${field} ${each}`),
  ];
  if (lists.length > 0) return lists;
  if (change === 'added') return [`    + ${field} ${to}`];
  if (change === 'removed') return [`    - ${field} ${from}`];
  return [`    ~ ${field} ${from ?? '-'} -> ${to ?? '-'}`];
}

function decisionLine(decision: Decision, look: Look): string {
  const { id, action, target, reason } = decision;
  return `${id} ${action} ${describeTarget(target)}, ${stateOf(decision, look)}: ${reason}`;
}

function stateOf(decision: Decision, look: Look): string {
  return `${decision.state}, ${describeDeadline(decision, look)}`;
}
