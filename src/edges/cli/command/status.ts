import type { Command } from 'commander';
import { doing, examples } from '../context.ts';
import { facts } from '../table.ts';
import { localTime, span } from '../time.ts';
import type { Status } from '../wire.ts';
import { describeTrial } from './confirm.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('How the daemon fares: policy, kernel table, conntrack, decisions, latency')
    .addHelpText('after', examples('status', '--json status'))
    .action(
      doing(async ({ client, screen }) => {
        const status = await client.get<Status>('/v1/status');
        screen.show(status, describe);
        return status.kernel.table === 'failed' ? 1 : undefined;
      }),
    );
}

function describe(status: Status): string {
  const { policy, trial, kernel, conntrack, decisions, blockLatency: latency } = status;
  return facts([
    ['version', status.version],
    ['started', `${localTime(status.startedAtMs)} (${span(Date.now() - status.startedAtMs)} ago)`],
    ['mode', status.mode],
    ['policy', `${policy.name}, revision ${policy.revision}, ${policy.digest.slice(0, 12)}`],
    ...(trial ? [['CONFIRM', `revision ${trial.revision} ${describeTrial(trial)}`] as const] : []),
    ['kernel table', describeKernel(kernel)],
    ['allowlist', describeAllowlist(status.allowlist)],
    ...(status.ledgerError === undefined ? [] : [['LEDGER', status.ledgerError] as const]),
    [
      'conntrack',
      `${conntrack.standingFlows} flows, ${conntrack.events} events, ${conntrack.lost} times lost, ` +
        `${conntrack.undecodable} undecodable${conntrack.hooksRegistered ? '' : '; NO HOOKS: nothing is seen'}`,
    ],
    [
      'decisions',
      `${decisions.pending} pending, ${decisions.provisional} provisional, ${decisions.active} active`,
    ],
    ['deny lists', describeDenyLists(status.denyLists)],
    ['dropped', describeDropped(status.dropped)],
    ...(status.breaker.state === 'open'
      ? [['BREAKER OPEN', `automation only alerts: ${status.breaker.reason}`] as const]
      : []),
    ['incidents', `${status.openIncidents} open`],
    ['suppressions', `${status.activeSuppressions} active`],
    [
      'event to block',
      latency.count === 0
        ? 'none yet'
        : `median ${latency.medianMs} ms, p99 ${latency.p99Ms} ms, most ${latency.maxMs} ms of ${latency.count}`,
    ],
  ]);
}

function describeAllowlist({ generation, elements, error }: Status['allowlist']): string {
  const trouble = error === undefined ? '' : `; NOT AS IN THE POLICY: ${error}`;
  if (generation === null) return `not enforced by the kernel${trouble}`;
  return `enforced, ${elements} elements, generation ${generation}${trouble}`;
}

function describeDenyLists({ state, ranges, error }: Status['denyLists']): string {
  if (state === 'off') return 'not in the kernel beforehand';
  return `${ranges} ranges, ${state}${error === undefined ? '' : `: ${error}`}`;
}

function describeDropped({ denyList, allowlist, untracked, ...told }: Status['dropped']): string {
  const { reported, notReported, attempts, spared, disagreements, error } = told;
  const counts = `${denyList} by deny lists, ${allowlist} by the allowlist, ${untracked} untracked; `;
  const reports = `${reported} reported (${attempts} attempts), ${notReported} not reported; ${spared} spared`;
  const trouble = disagreements === 0 ? '' : `; ${disagreements} THAT THE POLICY DOES NOT DENY`;
  return `${counts}${reports}${trouble}${error === undefined ? '' : `; NOT TOLD: ${error}`}`;
}

function describeKernel(kernel: Status['kernel']): string {
  const { table, verifiedAtMs, driftRepairs, contestedBy, error } = kernel;
  const contested = contestedBy && `, CONTESTED by ${contestedBy.join(', ') || 'an unknown program'}`;
  const state = `${table}, looked at ${localTime(verifiedAtMs)}, repaired ${driftRepairs} times${contested ?? ''}`;
  return error === undefined ? state : `${state}: ${error}`;
}
