/** `penstock diff --from 3 --to 5`: what differs between two revisions. */
import type { Decision } from '../../../decision/decision.ts';
import type { RevisionDifference } from '../../../ledger/revision-difference.ts';
import type { FieldDifference, PartDifference } from '../../../policy/difference/policy-difference.ts';
import type { Context } from '../context.ts';
import { plain } from '../plain-text.ts';
import { queryOf } from '../query.ts';
import { localTime } from '../time.ts';
import { describeDeadline, describeTarget } from '../wording.ts';

const MARKS = { added: '+', removed: '-', changed: '~' };

export async function showRevisionDifference(
  { client, screen }: Context,
  { from, to }: { from: number; to?: number },
): Promise<undefined> {
  const path = `/v1/revisions/${from}/diff${queryOf({ to })}`;
  screen.show(await client.get<RevisionDifference>(path), describe);
}

function describe({ from, to, policy, unreadable, decisions }: RevisionDifference): string {
  const lines = [
    ...unreadable.map((number) => `? the policy of revision ${number} cannot be read by this version`),
    ...(policy?.parts.flatMap(partLines) ?? []),
    ...(policy?.more ? [`  and ${policy.more} more parts`] : []),
    ...decisions.removed.map((each) => `- ${decisionLine(each)}`),
    ...decisions.added.map((each) => `+ ${decisionLine(each)}`),
    ...decisions.changed.map((each) => `~ ${decisionLine(each.to)}; was ${stateOf(each.from)}`),
    ...(decisions.more > 0 ? [`  and ${decisions.more} more decisions`] : []),
  ];
  const head = [
    `--- revision ${from.number}, ${localTime(from.atMs)} by ${from.actor}: ${from.reason}`,
    `+++ revision ${to.number}, ${localTime(to.atMs)} by ${to.actor}: ${to.reason}`,
  ];
  return [...head, ...(lines.length === 0 ? ['nothing differs'] : lines)].map(plain).join('\n');
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

function decisionLine(decision: Decision): string {
  const { id, action, target, reason } = decision;
  return `${id} ${action} ${describeTarget(target)}, ${stateOf(decision)}: ${reason}`;
}

function stateOf(decision: Decision): string {
  return `${decision.state}, ${describeDeadline(decision)}`;
}
