/**
 * Which entries are alerts, how bad they are, and what a person woken by one reads: who, what, what was done, and what
 * to do now. Other entries only tell what these lead to.
 */
import type { Decision } from '../../decision/decision.ts';
import type { Severity } from '../../incident/incident.ts';
import type { Culprit, EntryBodies, EntryType, Recorded } from '../../ledger/entry.ts';
import { formatDuration } from '../../policy/schema/quantity.ts';
import { account, silenced, title } from './incident-wording.ts';
import { byHand, closed, coverageWords, list, secondOf, sentence, time, traffic, until } from './wording.ts';

export interface Alert {
  readonly severity: Severity;
  readonly message: string;
}

type Describe<T extends EntryType> = (body: EntryBodies[T], actor: string) => Alert;

const OUR_TABLE = 'inet penstock';

const ALERTS: { readonly [T in EntryType]?: Describe<T> } = {
  'incident.opened': ({ incident }) => ({
    severity: incident.severity,
    message: `${title(incident)}: ${account(incident)} Look: penstock incidents ${incident.id}`,
  }),
  'incident.escalated': ({ incident, from }) => ({
    severity: incident.severity,
    message: `${incident.id} rose from ${from} to ${incident.severity} (${incident.count} times). ${title(incident)}: ${account(incident)} Look: penstock incidents ${incident.id}`,
  }),

  'suppression.created': ({ suppression }, actor) => ({
    severity: 'low',
    message: `${actor} closed ${suppression.incident} as false: until ${time(suppression.untilMs)}, ${silenced(suppression)} is not reported. Reason: ${closed(suppression.reason)} Undo: penstock unsuppress ${suppression.id}`,
  }),
  'suppression.revoked': ({ suppression, reason }, actor) => ({
    severity: 'low',
    message: `${actor} revoked ${suppression.id}: ${silenced(suppression)} is reported again.${because(reason)}`,
  }),

  'decision.proposed': ({ decision }) => proposal(decision),
  // An open breaker has been told; each incident is told as well.
  'decision.vetoed': ({ decision, guardrail, reason }) => ({
    severity: guardrail === 'circuitBreaker' ? 'low' : 'high',
    message: `Not blocked: ${traffic(decision.target)}. Guardrail ${guardrail} says no: ${closed(reason)} If it must be blocked: ${byHand(decision.target)}`,
  }),
  'decision.withheld': ({ decision, reason }) => ({
    severity: 'low',
    message: `Not blocked, only told: ${traffic(decision.target)} (${reason}). If it must be blocked: ${byHand(decision.target)}`,
  }),
  'decision.endorsed': ({ decision }, actor) => ({
    severity: 'medium',
    message: `${actor} is the first of two persons who want ${decision.id}: ${traffic(decision.target)}. It takes another one${decision.answerByMs === null ? '' : ` before ${time(decision.answerByMs)}`}: penstock approve ${decision.id}`,
  }),
  'breaker.opened': ({ reason }, actor) => ({
    severity: 'critical',
    message: `${actor === 'penstock' ? 'Automatic blocks spiked' : `${actor} stopped automation`}: ${closed(reason)} From now on Penstock only alerts; what is blocked stays so. Find out why, then: penstock breaker close --reason TEXT`,
  }),
  'breaker.closed': ({ reason }, actor) => ({
    severity: 'medium',
    message: `${actor} closed the circuit breaker: ${closed(reason)} Automation acts again.`,
  }),
  'guardrail.forced': ({ guardrail, reason }, actor) => ({
    severity: 'high',
    message: `${actor} went on against guardrail ${guardrail}: ${closed(reason)}`,
  }),
  'proposal.made': ({ proposal }, actor) => ({
    severity: 'medium',
    message: `${actor} proposes policy ${proposal.policyName} (${proposal.policyDigest.slice(0, 12)}${proposal.to === null ? '' : `, rollback to revision ${proposal.to}`}): it takes another person before ${time(proposal.answerByMs)}: penstock approve ${proposal.id}, or penstock reject ${proposal.id}`,
  }),
  'proposal.rejected': ({ proposal }, actor) => ({
    severity: 'low',
    message: `${actor} rejected the policy that ${proposal.actor} proposed as ${proposal.id}.${because(proposal.answer?.reason)}`,
  }),
  'proposal.lapsed': ({ proposal }) => ({
    severity: 'medium',
    message: `Nobody answered ${proposal.id} in time: the policy that ${proposal.actor} proposed is not in force.`,
  }),
  'decision.approved': ({ decision }, actor) => ({
    severity: 'low',
    message: `${actor} approved ${decision.id}: ${traffic(decision.target)} is blocked${until(decision)}.${answer(decision)} Undo: penstock revoke ${decision.id}`,
  }),
  'decision.extended': ({ decision }) => ({
    severity: 'low',
    message: `${decision.id} follows its host: ${coverageWords(decision)}`,
  }),
  'clock.jumped': ({ byMs }) => ({
    severity: 'medium',
    message: `The clock of this machine was set ${byMs < 0 ? 'back' : 'forward'} by ${formatDuration(Math.abs(byMs))}. What is blocked stays so for the time that it had left. Find out who set it: times before and after do not compare.`,
  }),
  'decision.rejected': ({ decision }, actor) => ({
    severity: 'low',
    message: `${actor} rejected ${decision.id}: ${traffic(decision.target)} ${open(decision)}.${answer(decision)}`,
  }),
  'decision.lapsed': ({ decision }) => ({
    severity: 'high',
    message: `Nobody answered ${decision.id} in time: ${traffic(decision.target)} ${open(decision)}. To block it now: ${byHand(decision.target)}`,
  }),
  'decision.expired': ({ decision }) => ({
    severity: 'low',
    message: `${decision.id} has run out: ${traffic(decision.target)} is no longer blocked.`,
  }),
  'decision.revoked': ({ decision }, actor) => ({
    severity: 'medium',
    message: `${actor} revoked ${decision.id}: ${traffic(decision.target)} is no longer blocked.${answer(decision)}`,
  }),
  'decision.reinstated': ({ decision }, actor) => reinstatement(decision, actor),

  'enforcement.failed': ({ decision, change, error }) => ({
    severity: 'critical',
    message: `The kernel refused to ${change} the block ${decision.id}: ${closed(error)} ${change === 'add' ? 'NOT blocked' : 'Perhaps not as decided'}: ${traffic(decision.target)}. Look: penstock status; penstock doctor`,
  }),

  'drift.found': ({ differences, by = [], table = OUR_TABLE }) => ({
    severity: 'high',
    message: `${programs(by)} changed table ${table} (${differences.length} differences: ${list(differences)}). It is being repaired. ${by.length > 0 ? 'Find out why: another firewall tool, nft flush ruleset?' : 'Find out who: another firewall tool, nft flush ruleset?'}`,
  }),
  'drift.repaired': ({ differences, table = OUR_TABLE }) => ({
    severity: 'medium',
    message: `Table ${table} is again as decided (${differences.length} differences repaired). Nothing to do.`,
  }),
  'drift.failed': ({ error, table = OUR_TABLE }) => ({
    severity: 'critical',
    message: `Table ${table} cannot be repaired: ${closed(error)} Blocks may not hold. Look: penstock status; penstock doctor`,
  }),
  'drift.contested': ({ harms, by, maxPauseMs, table = OUR_TABLE }) => ({
    severity: 'critical',
    message: `${programs(by)} changes table ${table} again and again (${harms} times so far). Each time it is mended, from now on after up to ${maxPauseMs / 1_000} s, in which ${table === OUR_TABLE ? 'blocks do not hold' : 'it does not do its work'}. Stop that program, or set tableOwner in the daemon's configuration. Look: penstock status`,
  }),
  'drift.settled': ({ harms, by, table = OUR_TABLE }) => ({
    severity: 'medium',
    message: `${programs(by)} has stopped changing table ${table} (${harms} times, all mended). Nothing to do.`,
  }),
  'conntrack.lost': ({ lost }) => ({
    severity: 'medium',
    message: `The kernel dropped conntrack events (${lost} times since the start); all connections are read again. If it goes on, the machine is overloaded: penstock status`,
  }),

  'policy.applied': ({ name, digest, mode, reason }, actor) => ({
    severity: 'medium',
    message: `${actor} put policy ${name} in force (mode ${mode}, ${digest.slice(0, 12)}): ${closed(reason)} Undo: penstock rollback`,
  }),
  'policy.refused': ({ name, problems }, actor) => ({
    severity: 'medium',
    message: `Policy ${name ?? ''} of ${actor} was refused, the one before stays in force: ${list(problems)}`,
  }),
  'denyLists.failed': ({ problems }) => ({
    severity: 'medium',
    message: `A deny list needs a look: ${list(problems)}. Look: penstock audit --type denyLists`,
  }),
  'evidence.failed': ({ incidentId, reason }) => ({
    severity: 'high',
    message: `No evidence of ${incidentId} is kept: ${closed(reason)} The incident and its blocks go on. Is there room in the state directory? Save by hand what matters: penstock incidents ${incidentId} --json; penstock flows --json`,
  }),
  'trial.begun': ({ trial }, actor) => ({
    severity: 'high',
    message: `Policy ${trial.policyName} of ${actor} is in force, but waits to be confirmed: if nobody does before ${secondOf(trial.deadlineMs)}, revision ${trial.restoreTo} stands again. Confirm: penstock confirm ${trial.revision} Take back now: penstock rollback ${trial.restoreTo}`,
  }),
  'trial.confirmed': ({ trial }, actor) => ({
    severity: 'low',
    message: `${actor} confirmed policy ${trial.policyName} (revision ${trial.revision}) of ${trial.actor}: it stays.${because(trial.end?.reason)} Undo: penstock rollback ${trial.restoreTo}`,
  }),
  'trial.reverted': ({ trial }, actor) => ({
    severity: actor === 'penstock' ? 'high' : 'medium',
    message: `Policy ${trial.policyName} (revision ${trial.revision}) of ${trial.actor} is taken back by ${actor}: ${closed(trial.end?.reason || 'no reason given')} Revision ${trial.end?.revision} stands in its place. Look: penstock revisions`,
  }),

  'alert.escalated': ({ waiting, afterMs, sinks }) => ({
    severity: 'high',
    message: `Nobody has answered ${waiting.id} for ${formatDuration(afterMs)}: ${closed(waiting.what)} Told now: ${list(sinks)}. Answer${waiting.answerByMs === null ? '' : ` before ${time(waiting.answerByMs)}`}: penstock approve ${waiting.id}, or penstock reject ${waiting.id}`,
  }),

  'rollback.done': ({ restoredFrom, revision, policyChanged, lifted, reinstated }, actor) => ({
    severity: 'medium',
    message: `${actor} rolled back to revision ${restoredFrom} (now revision ${revision}): policy ${policyChanged ? 'changed' : 'as before'}; lifted ${list(lifted) || 'nothing'}; blocked again ${list(reinstated) || 'nothing'}.`,
  }),
};

/** Types of entries that are alerts. */
export function alertTypes(): string[] {
  return Object.keys(ALERTS);
}

/** What the entry says to a person on duty; undefined when it is none of their business. */
export function alertOf<T extends EntryType>(entry: Recorded<T>): Alert | undefined {
  const alert = ALERTS[entry.type]?.(entry.body, entry.actor);
  return alert && { severity: alert.severity, message: sentence(alert.message) };
}

function proposal(decision: Decision): Alert {
  const { id, state, target, reason, incident } = decision;
  const see = incident === null ? '' : ` See ${incident}.`;
  const because = `${closed(reason)}${see}${gapWords(decision)}`;
  const answerBy = decision.answerByMs === null ? '' : ` before ${time(decision.answerByMs)}`;
  const choice = `penstock approve ${id}, or penstock reject ${id}`;
  if (state === 'pending') {
    return {
      severity: 'high',
      message: `Waits for you, not blocked yet: ${traffic(target)}. ${because} Answer${answerBy}: ${choice}`,
    };
  }
  if (state === 'provisional') {
    return {
      severity: 'high',
      message: `Blocking ${traffic(target)}${until(decision)}. ${because} To keep or lift it, answer${answerBy}: ${choice}`,
    };
  }
  return {
    severity: 'medium',
    message: `Blocking ${traffic(target)}${until(decision)}. ${because} Undo: penstock revoke ${id}`,
  };
}

/** What the quarantine does not stop: a person may have to do something about it. */
function gapWords({ coverage }: Decision): string {
  return (coverage?.gaps ?? []).map(({ text }) => ` Not covered: ${closed(text)}`).join('');
}

function reinstatement(decision: Decision, actor: string): Alert {
  const { id, state, target } = decision;
  if (state === 'pending') {
    const answerBy = decision.answerByMs === null ? '' : ` before ${time(decision.answerByMs)}`;
    return {
      severity: 'high',
      message: `${id} waits for you again by a rollback of ${actor}, not blocked yet: ${traffic(target)}. Answer${answerBy}: penstock approve ${id}, or penstock reject ${id}`,
    };
  }
  return {
    severity: 'medium',
    message: `${id} stands again by a rollback of ${actor}: ${traffic(target)} is blocked${until(decision)}. Undo: penstock revoke ${id}`,
  };
}

/** What the person who answered gave as reason. */
function answer({ answers }: Decision): string {
  return because(answers.at(-1)?.reason);
}

function because(reason = ''): string {
  return reason && ` Reason: ${closed(reason)}`;
}

function open({ approval }: Decision): string {
  return approval === 'required' ? 'was never blocked' : 'is no longer blocked';
}

function programs(by: readonly Culprit[]): string {
  if (by.length === 0) return 'Somebody else';
  return list(
    by.map(
      ({ processId, processName }) => `${processName || 'a program without a name'} (process ${processId})`,
    ),
  );
}
