/**
 * A proposal as the text of a policy file, with comments for the one who reviews it. Nothing of a recording's own text is
 * in it: only numbers, addresses, and what detectors say of them.
 */
import { Document, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { loadPolicySources } from '../../policy/loader.ts';
import { runPolicyTests } from '../../policy/policy-tests.ts';
import { formatProblem } from '../../policy/problem.ts';
import { ANOMALY_DETECTORS } from '../../policy/schema/detectors.ts';
import { LearnError } from './errors.ts';
import { SHORT_LIST } from './file-budget.ts';
import type { Proposal, ProposedRule } from './proposal.ts';
import { comment, headRemarks, networkRemark, ruleRemarks } from './remark.ts';
import { flatten, hasSet, LAYOUT, ruleValue, servicesValue } from './rule-layout.ts';
import { remarkWithheld } from './withheld-text.ts';

const SECTIONS: Readonly<Record<ProposedRule['section'], string>> = {
  all: 'For all host groups',
  group: 'For one host group',
  once: 'SEEN ONCE, BY ONE HOST: look at these first, a first call home looks like this',
};

/**
 * The text, loaded and tested before it is handed out.
 * @throws LearnError when it is no valid policy or fails its own tests
 */
export function policyText(proposal: Proposal): string {
  const text = textOf(proposal);
  const name = `${proposal.name}.yaml`;
  const loaded = loadPolicySources({ entry: name, files: [{ name, text }] });
  if (!loaded.ok) throw LearnError.refused(loaded.problems.map(formatProblem));
  const failures = runPolicyTests(loaded.policy).flatMap((test) => test.failures);
  if (failures.length > 0) throw LearnError.refused(failures);
  return text;
}

function textOf(proposal: Proposal): string {
  const { name, rules, withheld } = proposal;
  const document = new Document({
    apiVersion: 'penstock/v1',
    kind: 'EgressPolicy',
    metadata: { name, owner: 'unassigned', description: 'Proposed by penstock learn, not reviewed yet' },
    spec: specOf(proposal),
  });
  document.commentBefore = comment(headRemarks(proposal));
  const spec = document.get('spec') as YAMLMap<Scalar<string>>;
  for (const { key } of spec.items.slice(1)) key.spaceBefore = true;
  remarkGroups(spec, proposal);
  remarkSets(spec, rules);
  remarkRules(spec, rules);
  for (const part of ['services', 'response', 'tests']) flatten(spec.get(part));
  remarkWithheld(spec, withheld);
  return document.toString(LAYOUT);
}

function specOf({ hostGroups, services, rules, tests }: Proposal) {
  const sets = rules
    .filter(hasSet)
    .map(({ id, networks }) => [id, { cidrs: networks.map(({ cidr }) => cidr) }]);
  return {
    mode: 'audit',
    hostGroups: Object.fromEntries(hostGroups.map(({ name, cidrs }) => [name, { cidrs }])),
    ...(sets.length > 0 && { addressSets: Object.fromEntries(sets) }),
    ...(services.length > 0 && { services: servicesValue(services) }),
    ...(rules.length > 0 && { rules: rules.map(ruleValue) }),
    detectors: Object.fromEntries(ANOMALY_DETECTORS.map((detector) => [detector, {}])),
    response: { default: { action: 'alert' } },
    ...(tests.length > 0 && { tests: tests.map(testValue) }),
  };
}

function testValue({ name, from, accept, deny }: Proposal['tests'][number]) {
  return { name, from, ...(accept.length > 0 && { accept }), ...(deny.length > 0 && { deny }) };
}

function remarkGroups(spec: YAMLMap, { hostGroups }: Proposal): void {
  const groups = spec.get('hostGroups') as YAMLMap<Scalar<string>, YAMLMap>;
  flatten(groups);
  groups.items.forEach(({ key }, i) => {
    const { hosts, remark } = hostGroups[i];
    key.commentBefore = comment([`hosts seen: ${hosts}${remark ? `; ${remark}` : ''}`]);
  });
}

/** Of short lists each network has its own remark. */
function remarkSets(spec: YAMLMap, rules: readonly ProposedRule[]): void {
  for (const { id, networks } of rules.filter(hasSet)) {
    if (networks.length > SHORT_LIST) continue;
    const { items } = spec.getIn(['addressSets', id, 'cidrs']) as YAMLSeq<Scalar>;
    items.forEach((item, i) => {
      item.comment = comment([networkRemark(networks[i])]);
    });
  }
}

function remarkRules(spec: YAMLMap, rules: readonly ProposedRule[]): void {
  const items = (spec.get('rules') as YAMLSeq<YAMLMap> | undefined)?.items ?? [];
  items.forEach((item, i) => {
    const opens = rules[i - 1]?.section !== rules[i].section;
    const head = opens ? [`---- ${SECTIONS[rules[i].section]} ----`] : [];
    item.commentBefore = comment([...head, ...ruleRemarks(rules[i])]);
    item.spaceBefore = i > 0;
    flatten(item);
  });
}
