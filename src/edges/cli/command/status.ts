import type { Command } from 'commander';
import type { Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { alarming, type Cell, type Look } from '../look.ts';
import { facts } from '../table.ts';
import { moment } from '../time.ts';
import { describeTrial } from '../trial-wording.ts';
import { watchOption } from '../watch-option.ts';

type Status = Schema<'Status'>;

export function defineStatus(command: Command): void {
  command
    .addOption(watchOption())
    .addHelpText('after', `${examples('status', 'status --watch', '--json status')}\n${EXITS}`)
    .action(
      doing(
        async (context) => {
          const status = await answered((await context.api()).GET('/v1/status'));
          context.screen.show(status, describe);
          return status.kernel.table === 'failed' ? 1 : undefined;
        },
        ['policy', 'revision', 'incident', 'decision', 'drift', 'breaker', 'conntrack'],
      ),
    );
}

const EXITS = 'Ends with 1 when the kernel does not hold the table.';

function describe(status: Status, look: Look): string {
  const { policy, decisions, blockLatency: latency } = status;
  const pairs: [string, Cell][] = [
    ['version', status.version],
    ['started', moment(status.startedAtMs, look)],
    ['mode', status.mode],
    ['policy', `${policy.name}, revision ${policy.revision}, ${policy.digest.slice(0, 12)}`],
    ...trouble(status),
    ['kernel table', describeKernel(status.kernel, look)],
    ['allowlist', describeAllowlist(status.allowlist)],
    ['conntrack', describeConntrack(status.conntrack)],
    [
      'decisions',
      `${decisions.pending} pending, ${decisions.provisional} provisional, ${decisions.active} active`,
    ],
    ['deny lists', describeDenyLists(status.denyLists)],
    ['dropped', describeDropped(status.dropped)],
    ['incidents', `${status.openIncidents} open`],
    ['suppressions', `${status.activeSuppressions} active`],
    ['alerts', describeAlerts(status.alerts)],
    [
      'event to block',
      latency.count === 0
        ? 'none yet'
        : `median ${latency.medianMs} ms, p99 ${latency.p99Ms} ms, most ${latency.maxMs} ms of ${latency.count}`,
    ],
  ];
  return facts(pairs, look);
}

/** What somebody should do something about. */
function trouble({ trial, ledgerError, breaker }: Status): [string, Cell][] {
  return [
    ...(trial
      ? [['CONFIRM', alarming(`revision ${trial.revision} ${describeTrial(trial)}`)] as [string, Cell]]
      : []),
    ...(ledgerError === undefined ? [] : [['LEDGER', alarming(ledgerError)] as [string, Cell]]),
    ...(breaker.state === 'open'
      ? [['BREAKER OPEN', alarming(`automation only alerts: ${breaker.reason}`)] as [string, Cell]]
      : []),
  ];
}

function describeAlerts({ sinks, failing }: Status['alerts']): Cell {
  const known = sinks === 1 ? 'to 1 sink' : `to ${sinks} sinks`;
  if (failing.length === 0) return known;
  return alarming(`${known}, NOT TO ${failing.join(', ')}; look: penstock alerts`);
}

function describeConntrack(conntrack: Status['conntrack']): Cell {
  const { standingFlows, events, lost, undecodable, hooksRegistered } = conntrack;
  const seen = `${standingFlows} flows, ${events} events, ${lost} times lost, ${undecodable} undecodable`;
  return hooksRegistered ? seen : alarming(`${seen}; NO HOOKS: nothing is seen`);
}

function describeAllowlist({ generation, elements, error }: Status['allowlist']): Cell {
  const known =
    generation === null
      ? 'not enforced by the kernel'
      : `enforced, ${elements} elements, generation ${generation}`;
  return error === undefined ? known : alarming(`${known}; NOT AS IN THE POLICY: ${error}`);
}

function describeDenyLists({ state, ranges, error }: Status['denyLists']): string {
  if (state === 'off') return 'not in the kernel beforehand';
  return `${ranges} ranges, ${state}${error === undefined ? '' : `: ${error}`}`;
}

function describeDropped({ denyList, allowlist, limits, untracked, ...told }: Status['dropped']): string {
  const { reported, notReported, attempts, spared, disagreements, error } = told;
  const counts = `${denyList} by deny lists, ${allowlist} by the allowlist, ${limits} over limits, ${untracked} untracked; `;
  const reports = `${reported} reported (${attempts} attempts), ${notReported} not reported; ${spared} spared`;
  const trouble = disagreements === 0 ? '' : `; ${disagreements} THAT THE POLICY DOES NOT DENY`;
  return `${counts}${reports}${trouble}${error === undefined ? '' : `; NOT TOLD: ${error}`}`;
}

function describeKernel(kernel: Status['kernel'], look: Look): Cell {
  const { table, verifiedAtMs, driftRepairs, contestedBy, error } = kernel;
  const contested = contestedBy && `, CONTESTED by ${contestedBy.join(', ') || 'an unknown program'}`;
  const state = `${table}, looked at ${moment(verifiedAtMs, look)}, repaired ${driftRepairs} times${contested ?? ''}`;
  if (error !== undefined) return alarming(`${state}: ${error}`);
  return contestedBy === undefined && table === 'in-place' ? state : alarming(state);
}
