/** What a policy would change, for a person. */
import type { Schema } from 'penstock-client';
import { alarming, type Look, type Style, shown } from './look.ts';
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

type PolicyPlan = Schema<'PolicyPlan'>;
type Changes = Schema<'Changes'>;

export function describePlan(plan: PolicyPlan, look: Look): string {
  if (!plan.changed) return 'nothing would change';
  return [
    ...differences(plan).map((line) => marked(line, look)),
    facts(effects(plan), look),
    ...warnings(plan).map((line) => shown(alarming(line), look)),
  ].join('\n');
}

const STYLES: Readonly<Record<string, Style>> = { '+': 'green', '-': 'red', '~': 'yellow' };

/** A line that begins with + - or ~ in its colour. */
export function marked(text: string, look: Look): string {
  const style = STYLES[text.trimStart().charAt(0)];
  return shown(style === undefined ? text : { text, style }, look);
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
