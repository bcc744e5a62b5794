/** What came of all experiments, as tables in Markdown. */
import type { Severity } from '../../../src/incident/incident.ts';
import type { Cell } from './cell.ts';
import type { Stage } from './stage.ts';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const BEACON = 'beacon';

export function report(stages: readonly Stage[], cells: readonly Cell[]): string {
  return [
    '## When nothing is wrong',
    undisturbedTable(stages),
    '## Beacons',
    'Runs with a high or critical incident, of all runs; the median time from the first beat to it. A run lasts 24 hours, or 36 beats when those take longer.',
    ...beaconTables(cells.filter(({ experiment }) => experiment.kind === BEACON)),
    '## Everything else',
    otherTable(cells.filter(({ experiment }) => experiment.kind !== BEACON)),
    '## What was missed',
    'Where not all runs were found: the surest word of those that were not, and how many runs it was.',
    missedTable(cells),
  ].join('\n\n');
}

/** Incidents of hosts that nobody attacks. */
function undisturbedTable(stages: readonly Stage[]): string {
  const rows = [...new Set(stages.map(({ background }) => background.name))].map((name) =>
    undisturbedRow(
      name,
      stages.filter(({ background }) => background.name === name),
    ),
  );
  const heads = ['background', 'host-days', ...SEVERITIES, 'high or critical a host-day'];
  return markdown(heads, [...rows, undisturbedRow('all', stages)]);
}

function undisturbedRow(name: string, stages: readonly Stage[]): string[] {
  const incidents = stages.flatMap(({ undisturbed }) => undisturbed);
  const hostDays = stages.reduce((sum, stage) => sum + stage.hostDays, 0);
  const counts = SEVERITIES.map((severity) => incidents.filter((each) => each.severity === severity).length);
  const [critical, high] = counts;
  return [name, String(hostDays), ...counts.map(String), ((critical + high) / hostDays).toFixed(2)];
}

/** By period down and jitter across, a table a variant. */
function beaconTables(cells: readonly Cell[]): string[] {
  return unique(cells.map(({ experiment }) => experiment.variant)).map((variant) => {
    const own = cells.filter(({ experiment }) => experiment.variant === variant);
    const jitters = unique(own.map((cell) => axes(cell).jitter));
    const rows = unique(own.map((cell) => axes(cell).period)).map((period) => [
      period,
      ...own.filter((cell) => axes(cell).period === period).map(foundText),
    ]);
    return `**${variant}**\n\n${markdown(['period', ...jitters], rows)}`;
  });
}

/** The two words of a beacon's strength. */
export function axes({ experiment: { strength } }: Cell): { period: string; jitter: string } {
  const space = strength.indexOf(' ');
  return { period: strength.slice(0, space), jitter: strength.slice(space + 1) };
}

function otherTable(cells: readonly Cell[]): string {
  const rows = cells.map((cell) => {
    const { kind, variant, strength } = cell.experiment;
    return [kind, variant, strength, ...(cell.runs === 0 ? ['-', '-', '-'] : foundColumns(cell))];
  });
  return markdown(['attack', 'variant', 'strength', 'high or critical', 'any incident', 'after'], rows);
}

function foundColumns({ runs, detected, noticed, detectedAfterMs, noticedAfterMs }: Cell): string[] {
  const after = detectedAfterMs ?? noticedAfterMs;
  return [`${detected} of ${runs}`, `${noticed} of ${runs}`, after === null ? '-' : spanText(after)];
}

function foundText({ runs, detected, detectedAfterMs }: Cell): string {
  return `${detected}/${runs}${detectedAfterMs === null ? '' : `, ${spanText(detectedAfterMs)}`}`;
}

function missedTable(cells: readonly Cell[]): string {
  const rows = cells
    .filter(({ runs, detected }) => detected < runs)
    .map(({ experiment: { kind, variant, strength }, runs, detected, missedWith }) => [
      kind,
      variant,
      strength,
      `${runs - detected} of ${runs}`,
      [...missedWith].map(([word, times]) => `${word} (${times})`).join(', '),
    ]);
  return markdown(['attack', 'variant', 'strength', 'missed', 'said of them'], rows);
}

/** `8 s`, `12 min`, `3.5 h`. */
export function spanText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 100) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 100) return `${minutes < 10 ? minutes.toFixed(1) : Math.round(minutes)} min`;
  return `${(minutes / 60).toFixed(1)} h`;
}

function markdown(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
