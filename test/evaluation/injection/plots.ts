/** What came of all experiments, as pictures. */
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { JITTERS, MEGABYTES, PERIODS_S, spanText as periodText, RATES, rateText } from './catalogue.ts';
import type { Cell } from './cell.ts';
import { axes, spanText } from './report.ts';

const SHARE = { domain: [0, 1] };
const PERCENT = { format: '%' };

type Row = Readonly<Record<string, string | number | null>>;

/** SVG by file name. */
export async function plots(cells: readonly Cell[]): Promise<Map<string, string>> {
  const of = (kind: string) => cells.filter(({ experiment }) => experiment.kind === kind).map(rowOf);
  const specs: Record<string, TopLevelSpec> = {
    'beacon.svg': beaconPlot(cells.filter(({ experiment }) => experiment.kind === 'beacon')),
    'scan.svg': delayPlot('Scans', 'probes', RATES.map(rateText), of('scan')),
    'exfiltration-size.svg': ratePlot(
      'Thefts by size, whatever the host sends',
      'data carried out',
      MEGABYTES.map((each) => `${each} MB`),
      of('exfiltration by size'),
    ),
    'exfiltration-delay.svg': delayPlot(
      'Thefts: times the most that the host sends in an hour (burst) or a day (leak)',
      'times the most',
      ['1x', '3x', '10x'],
      of('exfiltration'),
    ),
    'dead-controller.svg': delayPlot(
      'Controllers that do not answer',
      'attempts',
      unique(of('dead controller').map(({ strength }) => String(strength))),
      of('dead controller'),
    ),
    'tunnel.svg': ratePlot(
      'Tunnels',
      'sent through it',
      unique(of('DNS tunnel').map(({ strength }) => String(strength))),
      [...of('DNS tunnel'), ...of('ICMP tunnel')],
      'kind',
    ),
    'odd-hours.svg': ratePlot(
      'Activity in an hour in which the host was always silent',
      'in the hour',
      unique(of('odd hours').map(({ strength }) => String(strength))),
      of('odd hours'),
    ),
  };
  const drawn = new Map<string, string>();
  for (const [name, spec] of Object.entries(specs)) drawn.set(name, await svg(spec));
  return drawn;
}

function rowOf(cell: Cell): Row {
  const { experiment, runs, detected, noticed, detectedAfterMs } = cell;
  return {
    kind: experiment.kind,
    variant: experiment.variant,
    strength: experiment.strength,
    found: runs === 0 ? null : detected / runs,
    noticed: runs === 0 ? null : noticed / runs,
    minutes: detectedAfterMs === null ? null : Math.max(detectedAfterMs / 60_000, 0.01),
  };
}

/** Share found as colour, the delay as a word, by period and jitter. */
function beaconPlot(cells: readonly Cell[]): TopLevelSpec {
  const values = cells.map((cell) => ({
    ...rowOf(cell),
    ...axes(cell),
    after: cell.detectedAfterMs === null ? '' : spanText(cell.detectedAfterMs),
  }));
  const x = {
    field: 'jitter',
    type: 'ordinal',
    title: 'jitter',
    sort: JITTERS.map((each) => `±${Math.round(each * 100)} %`),
    axis: { labelAngle: 0 },
  } as const;
  const y = { field: 'period', type: 'ordinal', title: 'period', sort: PERIODS_S.map(periodText) } as const;
  return {
    title: 'Beacons: share found (colour) and median time to the incident',
    data: { values },
    facet: { field: 'variant', type: 'nominal', title: null, header: { labelFontSize: 12 } },
    columns: 2,
    spec: {
      width: 380,
      height: 240,
      layer: [
        {
          mark: 'rect',
          encoding: {
            x,
            y,
            color: {
              field: 'found',
              type: 'quantitative',
              title: 'runs found',
              scale: { ...SHARE, range: ['#f2f2f2', '#0b4a8f'] },
              legend: PERCENT,
            },
          },
        },
        {
          mark: { type: 'text', fontSize: 10 },
          encoding: {
            x,
            y,
            text: { field: 'after' },
            color: { condition: { test: 'datum.found > 0.6', value: 'white' }, value: '#333' },
          },
        },
      ],
    },
  };
}

/** Share of runs by strength, a bar a series. */
function ratePlot(
  title: string,
  axis: string,
  strengths: readonly string[],
  rows: readonly Row[],
  series = 'variant',
): TopLevelSpec {
  const values = rows.flatMap((row) => [
    { ...row, share: row.found, incidents: 'high or critical' },
    { ...row, share: row.noticed, incidents: 'any incident' },
  ]);
  return {
    title,
    data: { values },
    facet: { field: 'incidents', type: 'nominal', title: null, sort: ['high or critical', 'any incident'] },
    spec: {
      width: 320,
      height: 200,
      mark: 'bar',
      encoding: {
        x: { field: 'strength', type: 'ordinal', title: axis, sort: [...strengths], axis: { labelAngle: 0 } },
        xOffset: { field: series },
        y: { field: 'share', type: 'quantitative', title: 'share of runs', scale: SHARE, axis: PERCENT },
        color: { field: series, type: 'nominal', title: null, legend: { labelLimit: 400 } },
      },
    },
  };
}

/** Minutes where the axis has a mark, and its words. */
const MARKS = [1 / 60, 1 / 6, 1, 10, 60, 600, 1_440];
const MARK_WORDS = `datum.value < 0.99 ? round(datum.value * 60) + ' s' : datum.value < 60 ? datum.value + ' min' : datum.value / 60 + ' h'`;

/** Time to the incident by strength, a line a variant; the share found beside each point where it is not all. */
function delayPlot(
  title: string,
  axis: string,
  strengths: readonly string[],
  rows: readonly Row[],
): TopLevelSpec {
  const found = rows.filter(({ minutes }) => minutes !== null);
  const values = found.map((row) => ({
    ...row,
    share: row.found === 1 ? '' : `${Math.round(100 * Number(row.found))} % found`,
  }));
  return {
    title,
    width: 440,
    height: 240,
    data: { values },
    encoding: {
      x: {
        field: 'strength',
        type: 'ordinal',
        title: axis,
        sort: [...strengths],
        scale: { domain: [...strengths] },
        axis: { labelAngle: 0 },
      },
      y: {
        field: 'minutes',
        type: 'quantitative',
        title: 'time to the incident (median)',
        scale: { type: 'log' },
        axis: { values: MARKS, labelExpr: MARK_WORDS },
      },
      color: { field: 'variant', type: 'nominal', title: null, legend: { labelLimit: 400 } },
    },
    layer: [
      { mark: { type: 'line', point: { size: 60 } } },
      { mark: { type: 'text', dy: -12 }, encoding: { text: { field: 'share' } } },
    ],
  };
}

async function svg(spec: TopLevelSpec): Promise<string> {
  const config = { font: 'sans-serif', title: { anchor: 'start' as const } };
  const view = new View(parse(compile({ background: 'white', config, ...spec }).spec), { renderer: 'none' });
  const drawn = await view.toSVG();
  view.finalize();
  return `${drawn}\n`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
