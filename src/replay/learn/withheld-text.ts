/**
 * What is withheld, as comments below the rules and services. Each line is a policy's own behind `# `, a remark too, so
 * that a person lets a rule in by taking that away. Where there are no rules or no services, their keys are withheld with
 * them.
 *
 *   rules:
 *     - id: learnt
 *       ...
 *     # # WITHHELD: 198.51.100.66
 *     # - id: lan-https-198.51.100.66
 *     #   ...
 */
import { Document, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Withheld, WithheldCase } from './proposal.ts';
import { caseRemarks, comment, ruleRemarks } from './remark.ts';
import { flatten, LAYOUT, loneRuleValue, servicesValue } from './rule-layout.ts';

const HEAD = '---- WITHHELD: not allowed, because detectors find it suspicious ----';

export function remarkWithheld(spec: YAMLMap<Scalar<string>>, { cases, services, unlisted }: Withheld): void {
  if (cases.length === 0) return;
  const rules = [...remarkLines([HEAD]), ...cases.flatMap(caseLines)];
  if (unlisted > 0)
    rules.push('', ...remarkLines([`and ${unlisted} cases more, which are not allowed either`]));
  const names = services.length > 0 ? serviceLines(services) : [];
  append(spec, { rules, services: names });
}

function append(spec: YAMLMap<Scalar<string>>, parts: Record<'services' | 'rules', readonly string[]>): void {
  const lone: string[] = [];
  for (const part of ['services', 'rules'] as const) {
    const lines = parts[part];
    if (lines.length === 0) continue;
    const there = spec.get(part) as YAMLMap | YAMLSeq | undefined;
    if (there !== undefined) there.comment = behindMarks(lines);
    else lone.push(`${part}:`, ...lines.map((line) => (line === '' ? '' : `  ${line}`)));
  }
  const next =
    spec.items.find(({ key }) => key.value === 'rules') ??
    spec.items.find(({ key }) => key.value === 'detectors');
  if (lone.length > 0 && next !== undefined) next.key.commentBefore = behindMarks(lone);
}

function caseLines(one: WithheldCase): string[] {
  const head = ['', ...remarkLines(caseRemarks(one))];
  if (one.rules.length === 0) return head;
  const document = new Document(one.rules.map(loneRuleValue));
  const { items } = document.contents as unknown as YAMLSeq<YAMLMap>;
  items.forEach((item, i) => {
    item.commentBefore = comment(ruleRemarks(one.rules[i]));
    flatten(item);
  });
  return [...head, ...linesOf(document)];
}

function serviceLines(services: Withheld['services']): string[] {
  const document = new Document(servicesValue(services));
  flatten(document.contents);
  return linesOf(document);
}

function linesOf(document: Document): string[] {
  return document.toString(LAYOUT).trimEnd().split('\n');
}

function remarkLines(remarks: readonly string[]): string[] {
  return comment(remarks)
    .split('\n')
    .map((line) => `#${line}`);
}

/** As the yaml library takes a comment. An empty one would end it. */
function behindMarks(lines: readonly string[]): string {
  return lines.map((line) => ` ${line}`).join('\n');
}
