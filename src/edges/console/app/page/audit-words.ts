/** What an entry says, in one line, out of whatever its body holds. */
import type { Schema } from 'penstock-client';
import { formatCount, formatWords } from '../part/format.ts';

type Body = Readonly<Record<string, unknown>>;

const LONGEST = 300;

export function entryWords({ body }: Pick<Schema<'LedgerEntry'>, 'body'>): string {
  const told = [decisionWords(body), incidentWords(body), revisionWords(body), ...plainWords(body)];
  return told
    .filter((words) => words !== undefined && words !== '')
    .join('; ')
    .slice(0, LONGEST);
}

function decisionWords(body: Body): string | undefined {
  const decision = objectIn(body, 'decision');
  const target = decision && objectIn(decision, 'target');
  if (!decision || !target) return undefined;
  const state = textIn(decision, 'state');
  const whom =
    textIn(target, 'prefix') ??
    [textIn(target, 'host'), textIn(target, 'destination')].filter(Boolean).join(' → ');
  const error = textIn(body, 'error');
  return `${textIn(decision, 'action') ?? 'decision'} of ${whom}${state ? `, ${state}` : ''}${error ? `: ${error}` : ''}`;
}

function incidentWords(body: Body): string | undefined {
  const incident = objectIn(body, 'incident');
  if (!incident) return undefined;
  const { count } = incident;
  const whom = [textIn(incident, 'host'), textIn(incident, 'destination')].filter(Boolean).join(' → ');
  const times = typeof count === 'number' && count > 1 ? `, ${formatCount(count)} times` : '';
  const cause = formatWords(textIn(incident, 'cause') ?? 'incident');
  return `${textIn(incident, 'severity') ?? ''} ${cause}: ${whom}${times}`.trim();
}

function revisionWords(body: Body): string | undefined {
  const revision = objectIn(body, 'revision');
  if (!revision) return undefined;
  return [`revision ${revision.number}`, textIn(revision, 'kind'), textIn(revision, 'reason')]
    .filter(Boolean)
    .join(', ');
}

/** Texts, numbers and lists of texts that stand in the body itself. */
function plainWords(body: Body): string[] {
  return Object.entries(body).flatMap(([name, value]) => {
    if (name === 'error' && 'decision' in body) return [];
    if (typeof value === 'string' && value !== '') return [`${name} ${value}`];
    if (typeof value === 'number' || typeof value === 'boolean') return [`${name} ${value}`];
    const isTexts =
      Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
    return isTexts ? [`${name} ${value.slice(0, 5).join(', ')}`] : [];
  });
}

function objectIn(body: Body, name: string): Body | undefined {
  const value = body[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : undefined;
}

function textIn(body: Body, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}
