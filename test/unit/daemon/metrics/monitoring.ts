/** The dashboard and the alert rules that come with Penstock. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = new URL('../../../../docs/monitoring/', import.meta.url);

export const RULES_PATH = new URL('prometheus-rules.yaml', FOLDER).pathname;
export const RULE_TESTS_PATH = new URL('prometheus-rules.test.yaml', FOLDER).pathname;

export interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { h: number; w: number; x: number; y: number };
  datasource?: unknown;
  targets?: { expr: string; datasource: unknown }[];
}

export interface Dashboard {
  uid: string;
  panels: Panel[];
  templating: { list: { name: string; type: string; definition?: string }[] };
}

interface RuleFile {
  groups: { rules: { alert: string; expr: string; labels: Record<string, string> }[] }[];
}

export function dashboard(): Dashboard {
  return JSON.parse(readFileSync(new URL('grafana-dashboard.json', FOLDER), 'utf8'));
}

export function alertRules(): RuleFile['groups'][number]['rules'] {
  return (parse(readFileSync(RULES_PATH, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules);
}

/** Every expression that the two ask Prometheus. */
export function expressions(): string[] {
  const ofPanels = dashboard().panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return [...ofPanels, ...alertRules().map(({ expr }) => expr)];
}

/** Names of metric families in expressions; those of a histogram's parts are its own. */
export function familiesIn(texts: readonly string[]): Set<string> {
  const names = texts.flatMap((text) => text.match(/\b(penstock|process|nodejs)_[a-z0-9_]+/g) ?? []);
  return new Set(names.map((name) => name.replace(/_seconds_(bucket|sum|count)$/, '_seconds')));
}

/** Names of the families of a scrape, with samples or without. */
export function familiesOf(scrape: string): Set<string> {
  return new Set([...scrape.matchAll(/^# TYPE (\S+)/gm)].map((found) => found[1] as string));
}
