/** A measure over time with the band in which it usually lies, drawn by uPlot. For who does not see it: words, a table. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { Checkbox } from '../part/checkbox.tsx';
import { theme, tokenColour } from '../theme.ts';
import './chart.css';
import { markWords, momentWords } from './time-axis.ts';
import { isFlattened, LINEAR, LOGARITHMIC, type ValueScale } from './value-scale.ts';

export interface TimePoint {
  readonly atMs: number;
  readonly value: number;
  /** null: no band here. */
  readonly low: number | null;
  readonly high: number | null;
  /** Outside of what is usual. */
  readonly unusual: boolean;
}

export interface TimeChartProps {
  /** What is measured: `Outbound bytes an hour`. */
  readonly label: string;
  /** What the picture shows, in a sentence. */
  readonly summary: string;
  /** What the band is; null: there is none. */
  readonly bandLabel: string | null;
  readonly points: readonly TimePoint[];
  /** What is drawn, whether or not there are points in all of it. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How long each point lasts. */
  readonly stepMs: number;
  /** A level that means something, drawn as a broken line. */
  readonly level?: { readonly label: string; readonly value: number } | undefined;
  readonly format: (value: number) => string;
  readonly height?: number;
}

type Drawn = TimeChartProps & {
  readonly scale: ValueScale;
  readonly onReading: (point: TimePoint | null) => void;
};

export function TimeChart(props: TimeChartProps) {
  const [reading, setReading] = useState<TimePoint | null>(null);
  const [chosen, setChosen] = useState<boolean>();
  const isLogarithmic = chosen ?? isFlattened(props.points);
  return (
    <figure class="time-chart">
      <Drawing {...props} scale={isLogarithmic ? LOGARITHMIC : LINEAR} onReading={setReading} />
      <figcaption>
        <Legend {...props} />
        <p class="chart-reading">{reading ? readingWords(reading, props.format) : props.summary}</p>
      </figcaption>
      <Checkbox isChecked={isLogarithmic} onChange={setChosen}>
        Logarithmic
      </Checkbox>
      <PointTable {...props} />
    </figure>
  );
}

function readingWords({ atMs, value, low, high, unusual }: TimePoint, format: (value: number) => string) {
  const usual = low !== null && high !== null ? `, usual ${format(low)} to ${format(high)}` : '';
  return `${momentWords(atMs)}: ${format(value)}${usual}${unusual ? ' — more than usual' : ''}`;
}

function Legend({ label, bandLabel, level, points }: TimeChartProps) {
  const hasBand = points.some(({ high }) => high !== null);
  return (
    <ul class="chart-legend">
      <li data-mark="line">{label}</li>
      {bandLabel !== null && <li data-mark={hasBand ? 'band' : 'none'}>{bandLabel}</li>}
      {level && <li data-mark="level">{level.label}</li>}
      {points.some(({ unusual }) => unusual) && <li data-mark="unusual">More than usual</li>}
    </ul>
  );
}

function Drawing(props: Drawn) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const shape = `${props.label}|${props.level?.label}|${props.height}|${theme.value}|${props.scale === LINEAR}`;
  const latest = useRef(props);
  latest.current = props;
  const data = useMemo(() => columns(props), [props.points, props.level?.value, props.scale, props.fromMs]);

  // Made anew only when its shape changes; fresh data is set.
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = new uPlot(optionsOf(element, latest), data, element);
    chart.current = made;
    const resized = new ResizeObserver(() => made.setSize(sizeOf(element, latest.current)));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [shape]);
  useEffect(() => chart.current?.setData(data), [data]);

  return <div ref={place} class="chart-canvas" role="img" aria-label={`${props.label}. ${props.summary}`} />;
}

/**
 * Times, the measure, the band's ends, what is unusual, the level. A last place closes the last step, which would have
 * no width without it.
 */
function columns({ points: given, stepMs, level, scale }: Drawn): uPlot.AlignedData {
  const place = (value: number | null) => (value === null ? null : scale.place(value));
  const last = given.at(-1);
  const points = last ? [...given, { ...last, atMs: last.atMs + stepMs, unusual: false }] : given;
  return [
    points.map(({ atMs }) => atMs),
    points.map(({ value }) => place(value)),
    points.map(({ low }) => place(low)),
    points.map(({ high }) => place(high)),
    points.map(({ value, unusual }) => (unusual ? place(value) : null)),
    points.map(() => place(level?.value ?? null)),
  ];
}

function sizeOf(element: HTMLElement, { height = 240 }: TimeChartProps) {
  return { width: Math.max(200, element.clientWidth), height };
}

/** Room for a mark on the upright axis. */
const MARK_PX = 44;

type Latest = { current: Drawn };

function optionsOf(element: HTMLElement, latest: Latest): uPlot.Options {
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const paths = stepped ? { paths: stepped } : {};
  const points = { show: false };
  const grid = { stroke: tokenColour('--chart-grid'), width: 1 };
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: tokenColour('--chart-text'), grid, ticks: { show: false }, font };
  const { format, scale } = latest.current;
  return {
    ...sizeOf(element, latest.current),
    ms: 1,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { range: () => [latest.current.fromMs, latest.current.toMs] },
      y: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.08)] },
    },
    axes: [
      {
        ...axis,
        space: 64,
        size: 28,
        values: (_chart, at, _axis, _space, step) => at.map((ms) => markWords(ms, step)),
      },
      {
        ...axis,
        size: 68,
        values: (_chart, places) => places.map((at) => format(scale.valueAt(at))),
        splits: (chart) =>
          scale.marks(scale.valueAt(chart.scales.y?.max ?? 0), chart.height / MARK_PX).map(scale.place),
      },
    ],
    series: [
      {},
      {
        ...paths,
        points,
        stroke: tokenColour('--chart-line'),
        fill: tokenColour('--chart-fill'),
        width: 1.5,
      },
      { ...paths, points, width: 0 },
      { ...paths, points, width: 0 },
      {
        paths: () => null,
        points: {
          show: true,
          size: 8,
          fill: tokenColour('--chart-unusual'),
          stroke: tokenColour('--chart-surface'),
        },
      },
      { points, stroke: tokenColour('--chart-level'), dash: [6, 4], width: 1.5 },
    ],
    bands: [{ series: [3, 2], fill: tokenColour('--chart-band') }],
    hooks: {
      setCursor: [
        ({ cursor }) => {
          const { points: shown, onReading } = latest.current;
          const { idx } = cursor;
          onReading((typeof idx === 'number' && shown[Math.min(idx, shown.length - 1)]) || null);
        },
      ],
    },
  };
}

function PointTable({ label, points, bandLabel, format }: TimeChartProps) {
  const [open, setOpen] = useState(false);
  return (
    <details class="chart-table" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>As a table</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls with the keyboard must be able to reach it
        <section class="chart-table-scroll" tabIndex={0} aria-label={`${label}, as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">{label}</th>
                {bandLabel !== null && <th scope="col">Usual</th>}
              </tr>
            </thead>
            <tbody>{points.toReversed().map((point) => row(point, bandLabel !== null, format))}</tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function row({ atMs, value, low, high, unusual }: TimePoint, band: boolean, format: (v: number) => string) {
  const usual = low === null || high === null ? 'not known yet' : `${format(low)} to ${format(high)}`;
  return (
    <tr key={atMs} data-unusual={unusual || undefined}>
      <th scope="row">{momentWords(atMs)}</th>
      <td>
        {format(value)}
        {unusual && ' — more than usual'}
      </td>
      {band && <td>{usual}</td>}
    </tr>
  );
}
