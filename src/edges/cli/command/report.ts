import type { Command } from 'commander';
import type { Answer } from 'penstock-client';
import { formatSize } from '../../../policy/quantity.ts';
import { doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import type { Look } from '../look.ts';
import { plain } from '../plain-text.ts';
import { type ReportFiles, replaceFile, writeReport } from '../report-files.ts';
import { momentOf } from '../report-period.ts';
import { table } from '../table.ts';
import { localTime } from '../time.ts';

type Report = Answer<'get', '/v1/reports'>;

interface Options extends ReportFiles {
  from: string;
  to?: string;
}

const MINUTE_MS = 60_000;

export function defineReport(command: Command): void {
  command.addHelpText(
    'after',
    examples(
      'report --from 30d --html report.html',
      'report --from 2026-10-01 --to 2026-11-01 --csv october',
      'report kept penstock-2026-W40.html --output week.html',
    ),
  );
  addMake(command);
  addKept(command);
}

function addMake(report: Command): void {
  // Judged when it is read, counted from when it is used.
  const moment = parsed((text: string) => {
    momentOf(text, 0);
    return text;
  });
  report
    .command('make', { isDefault: true })
    .description(
      'Make a report on a time: traffic, rules, approvals, incidents, changes, and the record itself',
    )
    .option(
      '--from <time>',
      'from then on: 7d (before now), 2026-10-01 (UTC), 2026-10-01T12:00Z',
      moment,
      '7d',
    )
    .option('--to <time>', 'until before then; default: now', moment)
    .option('--html <file>', 'write it as one HTML file that prints')
    .option('--csv <dir>', 'write each of its tables as a CSV file')
    .option('--save <file>', 'write all of it as JSON; --json prints it')
    .addHelpText(
      'after',
      examples('report --from 30d --html october.html', 'report --from 2026-10-01 --to 2026-11-01'),
    )
    .action(
      doing<Options>(async (context, _args, { from, to, ...files }) => {
        const nowMs = Math.floor(context.around.now() / MINUTE_MS) * MINUTE_MS;
        const period = { from: momentOf(from, nowMs), to: to === undefined ? nowMs : momentOf(to, nowMs) };
        const api = await context.api();
        const report = await answered(api.GET('/v1/reports', { params: { query: period } }));
        const written = await writeReport(context, period, report, files);
        context.screen.show(report, describe);
        for (const file of written) context.screen.remark(`written: ${file}`);
        return undefined;
      }),
    );
}

/** What a person wants to know first; all of it is in the files. */
function describe({ period, gaps, ...report }: Report, look: Look): string {
  const { traffic, rules, approvals, incidents, blocks, changes, drift, audit } = report;
  const list = (all: { lines: readonly unknown[]; more: number }) => all.lines.length + all.more;
  const facts: [string, string][] = [
    ['time', `${localTime(period.fromMs)} to ${localTime(period.toMs)}`],
    ...(traffic === null
      ? []
      : ([
          ['sent', `${formatSize(traffic.total.bytesOut)} in ${traffic.total.connections} connections`],
          ['received', formatSize(traffic.total.bytesIn)],
          ['denied', String(traffic.total.denied)],
        ] as [string, string][])),
    ...(rules === null
      ? []
      : ([
          [
            'rules',
            `${list(rules.unused)} never used, ${list(rules.expiring)} expired or about to, ${list(rules.wide)} wide`,
          ],
        ] as [string, string][])),
    ['approvals', approvalWords(approvals)],
    [
      'incidents',
      `${incidents.opened} opened, ${incidents.closed} closed, ${incidents.false} of them as false`,
    ],
    ['blocks', `${blocks.automatic} automatic (${blocks.wrong} wrong), ${blocks.manual} by hand`],
    ['changes', `${changes.policies} policies, ${changes.rollbacks} rollbacks`],
    ['drift', `${drift.found} found, ${drift.repaired} mended, ${drift.contested} fights`],
    ['record', audit.sound ? `whole, ${audit.entries} entries` : `NOT WHOLE: ${audit.problem}`],
    ...gaps.map((gap): [string, string] => ['missing', gap]),
  ];
  return table(['', ''], facts, look);
}

function approvalWords({ asked, approved, rejected, lapsed, response }: Report['approvals']): string {
  const words = `${asked} asked: ${approved} approved, ${rejected} rejected, ${lapsed} not answered`;
  return response === null ? words : `${words}; median answer ${Math.round(response.medianMs / 1_000)} s`;
}

function addKept(report: Command): void {
  report
    .command('kept')
    .description('List the reports that came by themselves, or take one away')
    .argument('[name]', 'one of them')
    .option('--output <file>', 'where to; default: its name, here')
    .addHelpText('after', examples('report kept'))
    .action(
      doing<{ output?: string }>(async (context, [name], { output }) => {
        if (name !== undefined) return takeKept(context, name, output ?? name);
        const api = await context.api();
        const kept = await answered(api.GET('/v1/reports/kept'));
        context.screen.show(kept, ({ reports }, look) =>
          reports.length === 0
            ? 'none: see reports in the settings of the daemon'
            : table(
                ['name', 'made', 'size'],
                reports.map((each) => [each.name, localTime(each.madeAtMs), formatSize(each.bytes)]),
                look,
              ),
        );
        return undefined;
      }),
    );
}

async function takeKept(context: Context, name: string, file: string): Promise<undefined> {
  const api = await context.api();
  const asked = api.GET('/v1/reports/kept/{name}', { params: { path: { name } }, parseAs: 'text' });
  replaceFile(file, await answered(asked));
  context.screen.show({ file }, () => plain(`${name} is in ${file}`));
  return undefined;
}
