import { type Command, Option } from 'commander';
import type { Query, Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { describeIncident, formatScore } from '../incident-wording.ts';
import { limitOption, showPage } from '../listing.ts';
import { type Look, painted } from '../look.ts';
import { writeStix } from '../stix-file.ts';
import { table } from '../table.ts';
import { age } from '../time.ts';
import { watchOption } from '../watch-option.ts';

const HEADS = [
  'id',
  { head: 'state', drop: 2 },
  'severity',
  { head: 'score', drop: 4 },
  { head: 'cause', drop: 1, least: 12 },
  'host',
  'destination',
  { head: 'count', drop: 5 },
  { head: 'last seen', drop: 3 },
  'reason',
];

export function defineIncidents(command: Command): void {
  command
    .argument('[id]', 'one incident, such as I42')
    .addOption(new Option('--state <state>', 'only those').choices(['open', 'closed']))
    .addOption(
      new Option('--severity <severity>', 'only those').choices(['low', 'medium', 'high', 'critical']),
    )
    .option('--host <address>', 'only those of this host')
    .option('--stix <file>', 'with an id: write it to a file as a bundle of STIX 2.1')
    .addOption(limitOption())
    .addOption(watchOption())
    .addHelpText(
      'after',
      examples(
        'incidents --state open',
        'incidents --state open --severity high --watch',
        'incidents I42',
        'incidents I42 --stix i42.json',
      ),
    )
    .action(
      doing<Query<'/v1/incidents'> & { stix?: string }>(
        async (context, [id], { state, severity, host, limit, stix }) => {
          const api = await context.api();
          if (stix !== undefined) return writeStix(context, id, stix);
          if (id === undefined) {
            const query = { state, severity, host, limit };
            return showPage(context, api.GET('/v1/incidents', { params: { query } }), describeAll);
          }
          const incident = await answered(api.GET('/v1/incidents/{id}', { params: { path: { id } } }));
          context.screen.show(incident, describeIncident);
          return undefined;
        },
        ['incident'],
      ),
    );
}

function describeAll(incidents: readonly Schema<'Incident'>[], look: Look): string {
  const rows = incidents.map((one) => [
    one.id,
    painted(one.state),
    painted(one.severity),
    formatScore(one.score),
    one.source === null ? one.cause : `${one.cause} ${one.source}`,
    one.host,
    one.destination ?? 'many',
    String(one.count),
    age(one.lastSeenMs, look),
    one.story?.happened ?? one.reasons[0] ?? '',
  ]);
  return table(HEADS, rows, look);
}
