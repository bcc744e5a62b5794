/**
 * An automatic block's entries as slots (slots.ts): what the policy's finding opened, and what was decided. As JSON they
 * take four times as long (25 us, and 6 here), since V8's code for that is large, and cold when a block comes. Nothing has
 * a name here, its place says what it is:
 *
 *   LAYOUT  then entry by entry
 *
 *   OPENED    actor atMs  id host n*group cause source destination translated n*(protocol port)
 *                         severity score raisedAtMs count firstSeenMs lastSeenMs state n*reason
 *   PROPOSED  actor atMs  incident detector host destination protocol port     of a flow; host null: prefix alone
 *                         approval ttlMs reason id state createdAtMs answerByMs expiresAtMs
 *
 * n* is a number, and so many of what follows. What is not named is always the same for these: no evidence and no story,
 * nobody's answer, enforcement pending. Entries of others, as of quarantines, have no place here.
 *
 * A death makes the next start, perhaps of a newer version, read this: who changes it gives it another LAYOUT, reads the
 * older one on, and raises the schema's version, since an older Penstock would find nothing.
 */
import type { Decision, Target } from '../decision/decision.ts';
import type { Incident, Service } from '../incident/incident.ts';
import type { EntryDraft } from './entry.ts';
import type { SlotReader, SlotWriter } from './slots.ts';

const LAYOUT = 1;
const OPENED = 1;
const PROPOSED = 2;

/** All that a type has, also what may be left out: none that is added later is forgotten here. */
type Placed<T, Without extends keyof T = never> = Omit<Required<T>, Without>;

/** @returns false when they have no place here, or not enough room: then what was written is nothing */
export function writeBlock(to: SlotWriter, drafts: readonly EntryDraft[]): boolean {
  to.begin();
  to.number(LAYOUT);
  for (let i = 0; i < drafts.length; i++) {
    if (!writeDraft(to, drafts[i])) return false;
  }
  return to.isWhole;
}

function writeDraft(to: SlotWriter, draft: EntryDraft): boolean {
  if (draft.atMs === undefined) return false;
  if (draft.type === 'incident.opened') {
    to.number(OPENED);
    to.text(draft.actor);
    to.number(draft.atMs);
    return writeIncident(to, draft.body.incident);
  }
  if (draft.type !== 'decision.proposed') return false;
  to.number(PROPOSED);
  to.text(draft.actor);
  to.number(draft.atMs);
  return writeDecision(to, draft.body.decision);
}

function writeIncident(to: SlotWriter, incident: Incident): boolean {
  if (incident.story !== null || incident.evidence.length > 0) return false;
  to.text(incident.id);
  to.text(incident.host);
  writeTexts(to, incident.groups);
  to.text(incident.cause);
  to.textOrNull(incident.source);
  to.textOrNull(incident.destination);
  to.textOrNull(incident.translated);
  to.number(incident.services.length);
  for (let i = 0; i < incident.services.length; i++) writeService(to, incident.services[i]);
  to.text(incident.severity);
  to.number(incident.score);
  to.number(incident.raisedAtMs);
  to.number(incident.count);
  to.number(incident.firstSeenMs);
  to.number(incident.lastSeenMs);
  to.text(incident.state);
  writeTexts(to, incident.reasons);
  return true;
}

function writeDecision(to: SlotWriter, decision: Decision): boolean {
  const { origin, target } = decision;
  if (decision.action !== 'block' || target.kind === 'host' || origin.kind !== 'automatic') return false;
  if (decision.persons !== undefined || decision.coverage !== undefined) return false;
  if (decision.answers.length > 0 || decision.enforcement.status !== 'pending') return false;
  to.textOrNull(decision.incident);
  to.text(origin.detector);
  if (target.kind === 'flow') {
    to.text(target.host);
    to.text(target.destination);
    writeService(to, target.service);
  } else {
    to.textOrNull(null);
    to.text(target.prefix);
  }
  to.text(decision.approval);
  to.number(decision.ttlMs);
  to.text(decision.reason);
  to.text(decision.id);
  to.text(decision.state);
  to.number(decision.createdAtMs);
  to.number(decision.answerByMs);
  to.number(decision.expiresAtMs);
  return true;
}

function writeService(to: SlotWriter, { protocol, port }: Service): void {
  to.number(protocol);
  to.number(port);
}

function writeTexts(to: SlotWriter, texts: readonly string[]): void {
  to.number(texts.length);
  for (let i = 0; i < texts.length; i++) to.text(texts[i]);
}

/** Undefined when it is none. The fields are in the order in which `JSON.stringify` had them when it was written. */
export function readBlock(from: SlotReader): EntryDraft[] | undefined {
  if (from.number() !== LAYOUT) return undefined;
  const drafts: EntryDraft[] = [];
  while (from.left > 0) {
    const draft = readDraft(from);
    if (draft === undefined) return undefined;
    drafts.push(draft);
  }
  return from.left === 0 ? drafts : undefined;
}

function readDraft(from: SlotReader): EntryDraft | undefined {
  const kind = from.number();
  const actor = from.text();
  const atMs = from.number();
  if (kind === OPENED)
    return { type: 'incident.opened', actor, atMs, body: { incident: readIncident(from) } };
  if (kind === PROPOSED)
    return { type: 'decision.proposed', actor, atMs, body: { decision: readDecision(from) } };
  return undefined;
}

function readIncident(from: SlotReader): Placed<Incident> {
  return {
    id: from.text(),
    host: from.text(),
    groups: readList(from, () => from.text()),
    cause: from.text() as Incident['cause'],
    source: from.textOrNull(),
    destination: from.textOrNull(),
    translated: from.textOrNull(),
    services: readList(from, () => readService(from)),
    severity: from.text() as Incident['severity'],
    score: from.number(),
    raisedAtMs: from.numberOrNull(),
    count: from.number(),
    firstSeenMs: from.number(),
    lastSeenMs: from.number(),
    state: from.text() as Incident['state'],
    reasons: readList(from, () => from.text()),
    evidence: [],
    story: null,
  };
}

function readDecision(from: SlotReader): Placed<Decision, 'persons' | 'coverage'> {
  return {
    incident: from.textOrNull(),
    origin: { kind: 'automatic', detector: from.text() },
    action: 'block',
    target: readTarget(from),
    approval: from.text() as Decision['approval'],
    ttlMs: from.number(),
    reason: from.text(),
    id: from.text(),
    state: from.text() as Decision['state'],
    createdAtMs: from.number(),
    answerByMs: from.numberOrNull(),
    expiresAtMs: from.numberOrNull(),
    answers: [],
    enforcement: { status: 'pending' },
  };
}

function readTarget(from: SlotReader): Target {
  const host = from.textOrNull();
  if (host === null) return { kind: 'destination', prefix: from.text() };
  return { kind: 'flow', host, destination: from.text(), service: readService(from) };
}

function readService(from: SlotReader): Service {
  return { protocol: from.number(), port: from.numberOrNull() };
}

/** No longer than what is there. */
function readList<T>(from: SlotReader, read: () => T): T[] {
  const list: T[] = [];
  for (let left = from.number(); left > 0 && from.left >= 0; left--) list.push(read());
  return list;
}
