import type { Command } from 'commander';
import { type Address, formatAddress, parseAddress, sameAddress } from '../../../address/address.ts';
import type { BacktestResult, Said } from '../../../replay/backtest.ts';
import type { Named } from '../../../replay/backtest-roles.ts';
import { collected, doing, examples, parsed } from '../action.ts';
import { CommandError } from '../errors.ts';
import type { Look } from '../look.ts';
import { loadPolicy, OBSERVE } from '../policy-file.ts';
import { recorded } from '../recording.ts';
import { table } from '../table.ts';
import { span } from '../time.ts';

interface Options {
  readonly policy: string;
  readonly infected?: readonly Address[];
  readonly benign?: readonly Address[];
  readonly attackStart?: number;
}

const ROLES = `
Who is who, by the labels of the flows (malicious, benign, unknown):
  infected  opened malicious flows, unless it is outside and they all went to benign hosts
  benign    opened benign flows and no malicious ones
All others are counted apart: attackers outside, and hosts of which the labels say nothing.
False: high and critical incidents of benign hosts, and of infected ones before the attack.`;

export function defineBacktest(command: Command): void {
  command
    .argument('<captures...>', 'recorded flows with labels, each a capture by itself; formats as in replay')
    .option('--policy <file>', 'the policy to judge by', OBSERVE)
    .option(
      '--infected <address>',
      'this host is infected, whatever the labels say; may be repeated',
      collected(parseAddress),
    )
    .option(
      '--benign <address>',
      'this host is benign, whatever the labels say; may be repeated',
      collected(parseAddress),
    )
    .option(
      '--attack-start <time>',
      'when the attack by the hosts named by --infected began: ISO 8601, or seconds as in the records',
      parsed(parseTime),
    )
    .addHelpText(
      'after',
      examples('backtest infected.ndjson.gz benign.ndjson.gz', 'backtest --infected 10.1.0.7 conn.log.gz') +
        `\n${ROLES}`,
    )
    .action(
      doing<Options>(async ({ screen, around }, files, options) => {
        const policy = await loadPolicy(options.policy);
        const named = namedBy(options);
        const { backtest } = await import('../../../replay/backtest-run.ts');
        const { ProgressBar } = await import('../progress-bar.ts');
        const bar = new ProgressBar(around);
        const work = backtest(policy, files, { named, onProgress: bar.update });
        const result = await recorded(work).finally(() => bar.end());
        for (const host of result.unseen) screen.remark(`${host} opened no flow in any capture`);
        screen.show(result, describe);
        return undefined;
      }),
    );
}

/** @throws CommandError for what contradicts itself */
function namedBy({ infected = [], benign = [], attackStart }: Options): Named {
  const both = infected.find((address) => benign.some((other) => sameAddress(address, other)));
  if (both !== undefined)
    throw new CommandError('bad-option', 2, `${formatAddress(both)} cannot be infected and benign`);
  if (attackStart !== undefined && infected.length === 0)
    throw new CommandError('bad-option', 2, '--attack-start says nothing without --infected');
  return { infected, benign, attackStartMs: attackStart ?? null };
}

/** Milliseconds since the epoch, or since the capture began where the records count so. */
function parseTime(text: string): number {
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (!Number.isFinite(ms)) throw new Error('expected a time such as 2026-10-05T12:00:00Z, or seconds');
  return ms;
}

function describe(result: BacktestResult, look: Look): string {
  const parts = [
    infectedTable(result, look),
    benignTable(result, look),
    detectorTable(result, look),
    totals(result),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function infectedTable({ captures }: BacktestResult, look: Look): string {
  const rows = captures.flatMap(({ capture, infected }) =>
    infected.map(({ host, severity, afterMs, detector }) => [
      capture,
      host,
      severity ?? 'nothing',
      afterMs === null ? '-' : span(afterMs),
      detector ?? '-',
    ]),
  );
  return rows.length === 0
    ? ''
    : table(['capture', 'infected host', 'found', 'after', 'detector'], rows, look);
}

function benignTable({ captures }: BacktestResult, look: Look): string {
  const heads = ['capture', 'benign', 'host-days', 'false', 'medium', 'low', 'of others'];
  const rows = captures.map(({ capture, benignHosts, benignHostDays, wrong, others }) => [
    capture,
    String(benignHosts),
    benignHostDays.toFixed(2),
    ...counts(wrong),
    counts(others).join('/'),
  ]);
  return table(heads, rows, look);
}

function detectorTable({ detectors, infected }: BacktestResult, look: Look): string {
  const rows = detectors.map(({ detector, led, supported, afterMs, wrong }) => [
    detector,
    `${led} of ${infected}`,
    String(supported),
    afterMs === null ? '-' : span(afterMs),
    ...counts(wrong),
  ]);
  return table(['detector', 'found', 'spoke of', 'after', 'false', 'medium', 'low'], rows, look);
}

function counts({ acting, medium, low }: Said): [string, string, string] {
  return [String(acting), String(medium), String(low)];
}

function totals(result: BacktestResult): string {
  const { infected, detected, afterMs, benignHostDays, wrong, wrongPerHostDay } = result;
  const after = afterMs === null ? '' : `, half of them within ${span(afterMs)}`;
  const found = `found ${detected} of ${infected} infected hosts${after}`;
  const rate = wrongPerHostDay === null ? '' : `: ${wrongPerHostDay.toFixed(2)} a host-day`;
  return `${found}; ${wrong.acting} false high or critical incidents in ${benignHostDays.toFixed(2)} host-days${rate}`;
}
