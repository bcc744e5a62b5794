/**
 * An alert as people are told it: the words, whom it is about, and whether somebody has to answer. Pure, from the dispatch
 * that every sink gets. Texts are plain and hostile: who sends them on escapes them for the place they go to.
 */
import type { Decision, Target } from '../../../decision/decision.ts';
import type { Incident, Severity, Story } from '../../../incident/incident.ts';
import { type Entry, incidentOf } from '../../../ledger/entry.ts';
import type { Dispatch } from '../dispatch.ts';
import { title } from '../incident-wording.ts';
import { closed, cut, list, secondOf, sentence, service, traffic } from '../wording.ts';

/** Name and value, for a table of two columns. */
export type Fact = readonly [name: string, value: string];

export interface Notice {
  /** The number of the ledger's entry, and its hash. */
  readonly sequence: number;
  readonly id: string;
  readonly atMs: number;
  /** Type of the entry, for example `incident.opened`. */
  readonly action: string;
  readonly severity: Severity;
  /** The headline: at most MAX_HEADLINE. */
  readonly headline: string;
  /** The whole in one line, as in the journal. */
  readonly message: string;
  /** Of an anomaly, sentence by sentence; else empty. */
  readonly story: readonly string[];
  readonly facts: readonly Fact[];
  readonly host: string | null;
  readonly incident: string | null;
  readonly decision: string | null;
  /** Who answers what: `decision D4`, `proposal P2`; null when nobody is asked. */
  readonly asks: string | null;
  /** Which such question is none any more from here on; null: of none. */
  readonly settles: string | null;
  /** A person did it: each such thing is news. */
  readonly byPerson: boolean;
  /** The same again and again is told at growing intervals; `asks` and what persons do never counts as the same. */
  readonly condition: string;
}

const MAX_HEADLINE = 140;
const MAX_TOLD = 600;
const MAX_FACT = 200;

/** What the bodies of entries hold that people are told. */
interface Body {
  readonly incident?: Incident;
  readonly decision?: Partial<Decision> & { readonly target: Target };
  readonly proposal?: { readonly id: string; readonly state: string; readonly answerByMs: number };
  readonly trial?: { readonly revision: number; readonly state: string };
  /** Of `alert.escalated`. */
  readonly waiting?: { readonly id: string; readonly host: string | null };
}

export function noticeOf(dispatch: Dispatch): Notice {
  const { id, sequence, atMs, action, actor, severity, message, facts: about, entry } = dispatch;
  const body = entry === null ? {} : bodyOf(entry);
  const host = body.waiting?.host ?? about.host;
  const asks = asked(action, body);
  return {
    sequence,
    id,
    atMs,
    action,
    severity,
    headline: cut(sentence(headline(message, body, asks !== null)), MAX_HEADLINE),
    message,
    story: told(body.incident?.story ?? null),
    facts: facts(body).map(([name, value]) => [name, cut(sentence(value), MAX_FACT)]),
    host,
    incident: about.incident,
    decision: about.decision,
    asks,
    settles: asks === null ? settled(action, body) : null,
    byPerson: actor !== 'penstock',
    condition: [host ?? '', action, about.detector ?? '', severity].join('|'),
  };
}

/** An older version's incident with what it lacks. */
function bodyOf(entry: Entry): Body {
  const incident = incidentOf(entry);
  return { ...(entry.body as Body), ...(incident && { incident }) };
}

/** What begins a question (`decision.endorsed` goes on with one) does not end it. */
const ENDS: readonly string[] = [
  'approved',
  'rejected',
  'lapsed',
  'revoked',
  'expired',
  'confirmed',
  'reverted',
];

function settled(action: string, { decision, proposal, trial }: Body): string | null {
  if (!ENDS.includes(action.split('.')[1])) return null;
  if (decision?.id !== undefined) return `decision ${decision.id}`;
  if (proposal !== undefined) return `proposal ${proposal.id}`;
  return trial === undefined ? null : `trial ${trial.revision}`;
}

/** Whether a person has to answer, and what. */
function asked(action: string, { decision, proposal, trial, waiting }: Body): string | null {
  if (waiting !== undefined)
    return waiting.id.startsWith('P') ? `proposal ${waiting.id}` : `decision ${waiting.id}`;
  if (action === 'proposal.made') return `proposal ${proposal?.id}`;
  if (action === 'trial.begun') return `trial ${trial?.revision}`;
  const asks = ['decision.proposed', 'decision.reinstated', 'decision.endorsed'].includes(action);
  const waits = decision?.state === 'pending' || decision?.state === 'provisional';
  return asks && waits ? `decision ${decision.id}` : null;
}

function headline(message: string, { incident, decision }: Body, waits: boolean): string {
  if (incident !== undefined) return `${incident.id}: ${title(incident)} (${incident.host})`;
  if (decision?.id === undefined) return message;
  const what = decision.action === 'quarantine' ? 'quarantine' : 'block';
  return `${decision.id}: ${what} of ${traffic(decision.target)} ${waits ? 'waits for you' : `is ${decision.state}`}`;
}

function told(story: Story | null): string[] {
  if (story === null) return [];
  const { happened, normal, meaning, advice } = story;
  return [happened, normal, meaning, advice].map((text) => cut(sentence(closed(text)), MAX_TOLD));
}

function facts({ incident, decision }: Body): Fact[] {
  return [...(incident ? incidentFacts(incident) : []), ...(decision ? decisionFacts(decision) : [])];
}

function incidentFacts(incident: Incident): Fact[] {
  const { host, groups, destination, services, severity, score, count, firstSeenMs, lastSeenMs, story } =
    incident;
  return [
    ['Host', groups.length > 0 ? `${host} (${list(groups)})` : host],
    ['Destination', destination ?? 'many'],
    ...(services.length > 0 ? [['Service', list(services.map(service))] as Fact] : []),
    ['Severity', story === null ? severity : `${severity} (${Math.round(score * 100)} % sure)`],
    [
      'Seen',
      `${count} ${count === 1 ? 'time' : 'times'}, ${secondOf(firstSeenMs)} to ${secondOf(lastSeenMs)}`,
    ],
  ];
}

function decisionFacts({
  id,
  state,
  target,
  answerByMs,
  expiresAtMs,
  coverage,
  answers,
}: NonNullable<Body['decision']>): Fact[] {
  const found: Fact[] = [['Traffic', traffic(target)]];
  if (id !== undefined && state !== undefined) found.push(['Decision', `${id}, ${state}`]);
  if (answerByMs) found.push(['Answer by', secondOf(answerByMs)]);
  if (expiresAtMs) found.push(['Blocked until', secondOf(expiresAtMs)]);
  if (coverage && coverage.gaps.length > 0)
    found.push(['Not covered', list(coverage.gaps.map(({ text }) => text))]);
  const answer = answers?.at(-1);
  if (answer) found.push(['Answered', `${answer.verb} by ${answer.actor}`]);
  return found;
}
