import { type Command, Option } from 'commander';
import type { Incident } from '../../../incident/incident.ts';
import { doing, examples } from '../context.ts';
import { describeIncident, formatScore } from '../incident-wording.ts';
import { limitOption, showPage } from '../listing.ts';
import { queryOf } from '../query.ts';
import { table } from '../table.ts';
import { localTime } from '../time.ts';

const HEADS = [
  ...['id', 'state', 'severity', 'score', 'cause', 'host', 'destination', 'count'],
  ...['last seen', 'reason'],
];

export function addIncidents(program: Command): void {
  program
    .command('incidents')
    .argument('[id]', 'one incident, such as I42')
    .description('List incidents, newest first, or show one')
    .addOption(new Option('--state <state>', 'only those').choices(['open', 'closed']))
    .addOption(limitOption())
    .addHelpText('after', examples('incidents --state open', 'incidents I42'))
    .action(
      doing<{ state?: string; limit: number }>(async (context, [id], options) => {
        if (id === undefined) return showPage(context, `/v1/incidents${queryOf(options)}`, describeAll);
        const incident = await context.client.get<Incident>(`/v1/incidents/${encodeURIComponent(id)}`);
        context.screen.show(incident, (one) => describeIncident(one, context.screen.width));
        return undefined;
      }),
    );
}

function describeAll(incidents: readonly Incident[], width: number | undefined): string {
  const rows = incidents.map((one) => [
    one.id,
    one.state,
    one.severity,
    formatScore(one.score),
    one.source === null ? one.cause : `${one.cause} ${one.source}`,
    one.host,
    one.destination ?? 'many',
    String(one.count),
    localTime(one.lastSeenMs),
    one.story?.happened ?? one.reasons[0] ?? '',
  ]);
  return table(HEADS, rows, width);
}
