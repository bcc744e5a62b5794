/** What a policy would change, for a person. */
import type { Changes, PolicyPlan } from '../../engine/commands.ts';
import { plain } from './plain-text.ts';
import { facts } from './table.ts';
import { describeService } from './wording.ts';

const MOST_KEYS = 5;

const KINDS = [
  ['rule', 'rules'],
  ['deny list', 'denyLists'],
  ['host group', 'hostGroups'],
  ['address set', 'addressSets'],
  ['service', 'services'],
  ['schedule', 'schedules'],
  ['response', 'response'],
  ['never-block', 'neverBlock'],
] as const;

export function describePlan(plan: PolicyPlan): string {
  if (!plan.changed) return 'nothing would change';
  return [...differences(plan).map(plain), facts(effects(plan)), ...warnings(plan).map(plain)].join('\n');
}

function differences(plan: PolicyPlan): string[] {
  const { mode, guardrails } = plan;
  return [
    ...(mode.from === mode.to ? [] : [`~ mode ${mode.from} -> ${mode.to}`]),
    ...KINDS.flatMap(([what, field]) => marks(what, plan[field])),
    ...guardrails.map(({ field, from, to }) => `~ guardrail ${field} ${from} -> ${to}`),
  ];
}

function marks(what: string, { added, removed, changed }: Changes): string[] {
  return [
    ...added.map((id) => `+ ${what} ${id}`),
    ...removed.map((id) => `- ${what} ${id}`),
    ...changed.map((id) => `~ ${what} ${id}`),
  ];
}

function effects({ flows, cuts, lifts }: PolicyPlan): [string, string][] {
  const more = (examples: readonly string[]) => examples.map((each): [string, string] => ['', each]);
  return [
    ['newly denied', `${flows.newlyDenied} standing flows`],
    ['newly allowed', `${flows.newlyAllowed} standing flows`],
    ...more(flows.examples),
    ['would be cut', `${cuts.count} standing connections`],
    ...(cuts.count === 0
      ? []
      : ([
          ['  by rule', tallied(cuts.byRule)],
          ['  by host', tallied(cuts.byHost)],
          ['  by destination', tallied(cuts.byDestination)],
        ] as [string, string][])),
    ...more(cuts.examples),
    ['would be lifted', lifts.length === 0 ? 'no block' : lifts.map(({ id }) => id).join(', ')],
    ...more(lifts.map(({ id, target }) => `${id}: ${target}`)),
  ];
}

function tallied(tallies: PolicyPlan['cuts']['byRule']): string {
  const told = tallies.slice(0, MOST_KEYS).map(({ key, count }) => `${key} (${count})`);
  return told.join(', ') + (tallies.length > MOST_KEYS ? ', ...' : '');
}

function warnings({ cutsOperators }: PolicyPlan): string[] {
  if (cutsOperators.length === 0) return [];
  return [
    'CUTS THE PATH OF AN OPERATOR, so it is refused without --force:',
    ...cutsOperators.map(
      ({ from, to, service, actor, via, because }) =>
        `  ${from} -> ${to} ${describeService(service)}, ${actor === null ? 'a standing connection' : `${via} of ${actor}`}: ${because}`,
    ),
  ];
}
