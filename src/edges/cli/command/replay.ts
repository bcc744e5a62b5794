import type { Command } from 'commander';
import { RecordingError } from '../../../flow/errors.ts';
import type { Incident } from '../../../incident/incident.ts';
import { doing, examples } from '../context.ts';
import { CommandError } from '../errors.ts';
import { plain, plainJson } from '../plain-text.ts';
import { loadPolicy, OBSERVE } from '../policy-file.ts';
import { ProgressBar } from '../progress-bar.ts';
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

const HEADS = ['time', 'id', 'severity', 'score', 'detector', 'host', 'destination', 'reason'];

export function addReplay(program: Command): void {
  program
    .command('replay')
    .argument(
      '<flows...>',
      'recorded flows: NDJSON, Zeek conn.log, nfdump or IPFIX CSV; plain, gzip or zstd; - is standard input',
    )
    .option('--policy <file>', 'the policy to judge by', OBSERVE)
    .description('Run recorded flows through policy and detectors on their own clock; needs no daemon')
    .addHelpText(
      'after',
      examples('replay conn.log.gz', 'replay --policy office.yaml --json monday.ndjson tuesday.ndjson'),
    )
    .action(
      doing<Options>(async ({ screen }, files, { policy: file }) => {
        const policy = await loadPolicy(file);
        const { replay } = await import('../../../replay/replay.ts');
        const bar = new ProgressBar();
        try {
          const incidents = await replay(policy, files, { onProgress: bar.update });
          bar.end();
          const replayed = incidents.map(replayedOf).sort((x, y) => x.ts - y.ts);
          if (screen.json) for (const each of replayed) process.stdout.write(`${plainJson(each)}\n`);
          else process.stdout.write(`${describe(replayed, screen.width)}\n`);
          return undefined;
        } catch (error) {
          bar.end();
          if (error instanceof RecordingError)
            throw new CommandError('bad-recording', 2, error.message, { cause: error });
          throw error;
        }
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

function describe(incidents: readonly ReplayedIncident[], width: number | undefined): string {
  if (incidents.length === 0) return plain('no incidents');
  const rows = incidents.map((each) => [
    new Date(each.ts * 1000).toISOString().replace('T', ' ').slice(0, 19),
    each.id,
    each.severity,
    each.score.toFixed(2),
    each.detector,
    each.host,
    each.destination ?? 'many',
    each.reasons.join(' '),
  ]);
  return table(HEADS, rows, width);
}
