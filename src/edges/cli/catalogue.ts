/**
 * The commands, in the order of the help. What one takes and does is loaded when it is asked for, so that a command
 * waits for nothing that it doesn't need.
 */
import type { Command } from 'commander';

/** Adds arguments, options, help and the action to a command that has its name and description. */
type Define = (command: Command) => void;

export interface CatalogueEntry {
  readonly name: string;
  readonly about: string;
  readonly load: () => Promise<Define>;
}

export interface CatalogueGroup {
  readonly title: string;
  readonly commands: readonly CatalogueEntry[];
}

function entry(name: string, about: string, load: () => Promise<Define>): CatalogueEntry {
  return { name, about, load };
}

export const CATALOGUE: readonly CatalogueGroup[] = [
  {
    title: 'The daemon:',
    commands: [
      entry(
        'daemon',
        'Run the daemon in the foreground',
        async () => (await import('./command/daemon.ts')).defineDaemon,
      ),
      entry(
        'doctor',
        'Look whether this machine has what Penstock needs, which settings hold, and say what to do',
        async () => (await import('./command/doctor.ts')).defineDoctor,
      ),
      entry(
        'status',
        'How the daemon fares: policy, kernel table, conntrack, decisions, latency',
        async () => (await import('./command/status.ts')).defineStatus,
      ),
      entry(
        'token',
        'Manage the tokens of the API',
        async () => (await import('./command/token.ts')).defineToken,
      ),
      entry(
        'completion',
        'Print what makes a shell complete commands, names and ids',
        async () => (await import('./command/completion.ts')).defineCompletion,
      ),
    ],
  },
  {
    title: 'Policy:',
    commands: [
      entry(
        'check',
        'Say what is wrong with policy files, with line and column; needs no daemon',
        async () => (await import('./command/check.ts')).defineCheck,
      ),
      entry(
        'test',
        'Run the tests that policy files carry in themselves; needs no daemon',
        async () => (await import('./command/test.ts')).defineTest,
      ),
      entry(
        'diff',
        'What a policy would change, or what differs between two revisions; changes nothing',
        async () => (await import('./command/diff.ts')).defineDiff,
      ),
      entry(
        'apply',
        'Put a policy in force, with the files it includes',
        async () => (await import('./command/apply.ts')).defineApply,
      ),
      entry(
        'confirm',
        'Keep a policy that was applied with --confirm-within',
        async () => (await import('./command/confirm.ts')).defineConfirm,
      ),
      entry(
        'proposal',
        'The change of policy that waits for a second person (guardrails.twoPersons.policy)',
        async () => (await import('./command/proposal.ts')).defineProposal,
      ),
      entry(
        'rules',
        'List the rules of the policy in force and how often each was used since the daemon started',
        async () => (await import('./command/rules.ts')).defineRules,
      ),
      entry(
        'revisions',
        'List revisions, newest first, or show one',
        async () => (await import('./command/revisions.ts')).defineRevisions,
      ),
      entry(
        'rollback',
        'Make policy and standing decisions those of a revision; this is a new revision',
        async () => (await import('./command/rollback.ts')).defineRollback,
      ),
    ],
  },
  {
    title: 'Incidents and decisions:',
    commands: [
      entry(
        'incidents',
        'List incidents, newest first, or show one',
        async () => (await import('./command/incidents.ts')).defineIncidents,
      ),
      entry(
        'close',
        'Close an incident; as false, what its evidence says is not reported for a while',
        async () => (await import('./command/close.ts')).defineClose,
      ),
      entry(
        'suppressions',
        'List what is not reported because an incident was closed as false, newest first, or show one',
        async () => (await import('./command/suppressions.ts')).defineSuppressions,
      ),
      entry(
        'unsuppress',
        'End a suppression at once; what it silenced is reported again',
        async () => (await import('./command/unsuppress.ts')).defineUnsuppress,
      ),
      entry(
        'decisions',
        'List decisions, newest first, or show one',
        async () => (await import('./command/decisions.ts')).defineDecisions,
      ),
      entry(
        'approve',
        'Let a pending or provisional block stand for its whole time',
        async () => (await import('./command/answers.ts')).defineApprove,
      ),
      entry(
        'reject',
        'Refuse a pending block, or lift a provisional one at once',
        async () => (await import('./command/answers.ts')).defineReject,
      ),
      entry(
        'revoke',
        'Lift a standing block at once',
        async () => (await import('./command/answers.ts')).defineRevoke,
      ),
      entry(
        'block',
        'Block a destination for everybody; stands at once',
        async () => (await import('./command/block.ts')).defineBlock,
      ),
      entry(
        'quarantine',
        'Cut a host off from everybody; stands at once',
        async () => (await import('./command/block.ts')).defineQuarantine,
      ),
      entry(
        'breaker',
        'Whether automation may act, or only alerts since blocks spiked',
        async () => (await import('./command/breaker.ts')).defineBreaker,
      ),
      entry(
        'alerts',
        'Where alerts go, how each sink fares, and sending a test alert',
        async () => (await import('./command/alerts.ts')).defineAlerts,
      ),
      entry(
        'operators',
        'From where people run Penstock: addresses that no automatic action touches',
        async () => (await import('./command/operators.ts')).defineOperators,
      ),
    ],
  },
  {
    title: 'What happens:',
    commands: [
      entry(
        'flows',
        'List standing flows and what the policy says of them',
        async () => (await import('./command/flows.ts')).defineFlows,
      ),
      entry(
        'hosts',
        'List hosts whose usual behaviour is known, or show what is known of one',
        async () => (await import('./command/hosts.ts')).defineHosts,
      ),
      entry(
        'names',
        'List names that rules allow, with the addresses that resolvers have answered',
        async () => (await import('./command/names.ts')).defineNames,
      ),
      entry(
        'events',
        'Show what happens, as it happens, until interrupted',
        async () => (await import('./command/events.ts')).defineEvents,
      ),
      entry(
        'report',
        'Report on a time: traffic, rules, approvals, incidents, changes; as HTML, CSV or JSON',
        async () => (await import('./command/report.ts')).defineReport,
      ),
      entry(
        'evidence',
        'Bundles of evidence: list, fetch, and prove that one is what was sealed',
        async () => (await import('./command/evidence.ts')).defineEvidence,
      ),
      entry(
        'audit',
        'Read and prove the record of all that was decided and done',
        async () => (await import('./command/audit.ts')).defineAudit,
      ),
    ],
  },
  {
    title: 'Recorded flows:',
    commands: [
      entry(
        'replay',
        'Run recorded flows through policy and detectors; needs no daemon',
        async () => (await import('./command/replay.ts')).defineReplay,
      ),
      entry(
        'backtest',
        'Measure policy and detectors on labelled captures: found, how soon, how often wrong; needs no daemon',
        async () => (await import('./command/backtest.ts')).defineBacktest,
      ),
      entry(
        'learn',
        'Propose a policy that allows what was seen, for a person to review',
        async () => (await import('./command/learn.ts')).defineLearn,
      ),
    ],
  },
];
