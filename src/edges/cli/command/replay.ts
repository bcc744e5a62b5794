import type { Command } from 'commander';
import type { Incident } from '../../../incident/incident.ts';
import { doing, examples } from '../action.ts';
import { type Look, painted } from '../look.ts';
import { plainJson } from '../plain-text.ts';
import { loadPolicy, OBSERVE } from '../policy-file.ts';
import { recorded } from '../recording.ts';
import { table } from '../table.ts';

interface Options {
  readonly policy: string;
}

/** What `--json` prints, one a line. */
interface ReplayedIncident {
  /** Seconds since the epoch: when it became high or critical, else when it began. */
  readonly ts: number;
  readonly id: string;
  readonly detector: string;
  readonly host: string;
  readonly destination: string | null;
  readonly severity: string;
  readonly score: number;
  readonly reasons: readonly string[];
  readonly source: string | null;
  readonly count: number;
  readonly firstTs: number;
  readonly lastTs: number;
  readonly evidence: Incident['evidence'];
  readonly story: Incident['story'];
}

const HEADS = [
  { head: 'time', drop: 2 },
  { head: 'id', drop: 3 },
  'severity',
  { head: 'score', drop: 4 },
  { head: 'detector', drop: 1 },
  'host',
  'destination',
  'reason',
];

export function defineReplay(command: Command): void {
  command
    .argument(
      '<flows...>',
      'recorded flows: NDJSON, Zeek conn.log, nfdump or IPFIX CSV; plain, gzip or zstd; - is standard input',
    )
    .option('--policy <file>', 'the policy to judge by', OBSERVE)
    .addHelpText(
      'after',
      examples('replay conn.log.gz', 'replay --policy office.yaml --json monday.ndjson tuesday.ndjson'),
    )
    .action(
      doing<Options>(async ({ screen, around }, files, { policy: file }) => {
        const policy = await loadPolicy(file);
        const { replay } = await import('../../../replay/replay.ts');
        const { ProgressBar } = await import('../progress-bar.ts');
        const bar = new ProgressBar(around);
        const incidents = await recorded(replay(policy, files, { onProgress: bar.update })).finally(() =>
          bar.end(),
        );
        const replayed = incidents.map(replayedOf).sort((x, y) => x.ts - y.ts);
        if (screen.json) for (const each of replayed) screen.write(plainJson(each));
        else screen.write(describe(replayed, screen.look));
        return undefined;
      }),
    );
}

function replayedOf(incident: Incident): ReplayedIncident {
  const { id, cause, host, destination, severity, reasons, source, count, evidence, story } = incident;
  return {
    ts: (incident.raisedAtMs ?? incident.firstSeenMs) / 1000,
    id,
    detector: cause,
    host,
    destination,
    severity,
    score: Math.round(incident.score * 1000) / 1000,
    reasons,
    source,
    count,
    firstTs: incident.firstSeenMs / 1000,
    lastTs: incident.lastSeenMs / 1000,
    evidence,
    story,
  };
}

function describe(incidents: readonly ReplayedIncident[], look: Look): string {
  if (incidents.length === 0) return 'no incidents';
  const rows = incidents.map((each) => [
    new Date(each.ts * 1000).toISOString().replace('T', ' ').slice(0, 19),
    each.id,
    painted(each.severity),
    each.score.toFixed(2),
    each.detector,
    each.host,
    each.destination ?? 'many',
    each.reasons.join(' '),
  ]);
  return table(HEADS, rows, look);
}
