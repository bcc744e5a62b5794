/** Plots as SVG, drawn here: a report asks nobody for anything. All text in them is escaped. */
import type { Severity } from '../../incident/incident.ts';
import type { Sums, TrafficLine } from './report.ts';
import { bytesText, numberText, plain, timeText } from './wording.ts';

const WIDTH = 680;
const HEIGHT = 200;
const LEFT = 64;
const TOP = 14;
const BOTTOM = 26;
const MOST_BARS = 10;

export function escapeText(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return plain(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Sent above, received below, each on its own scale, so that a small upload shows beside a large download. */
export function timePlot(
  points: readonly (Sums & { readonly atMs: number })[],
  step: 'hour' | 'day',
): string {
  if (points.length === 0) return '';
  const strip = (HEIGHT - TOP - BOTTOM) / 2;
  const halves = [
    half(points, 'bytesOut', 'sent', TOP, strip - 6),
    half(points, 'bytesIn', 'received', TOP + strip + 6, strip - 6),
  ];
  const label = `Sent and received by the ${step}`;
  return svg(label, WIDTH, HEIGHT, [...halves.flat(), ...timeLabels(points, step)]);
}

function half(
  points: readonly (Sums & { readonly atMs: number })[],
  field: 'bytesOut' | 'bytesIn',
  word: string,
  top: number,
  height: number,
): string[] {
  const most = Math.max(1, ...points.map((point) => point[field]));
  const width = (WIDTH - LEFT) / points.length;
  const bars = points.map((point, i) => {
    const tall = (point[field] / most) * height;
    const title = `${timeText(point.atMs)}: ${bytesText(point[field])} ${word}`;
    return `<rect class="${word}" x="${round(LEFT + i * width)}" y="${round(top + height - tall)}" width="${round(Math.max(0.5, width - (width > 3 ? 1 : 0)))}" height="${round(tall)}"><title>${escapeText(title)}</title></rect>`;
  });
  return [
    `<line class="axis" x1="${LEFT}" y1="${round(top + height)}" x2="${WIDTH}" y2="${round(top + height)}"/>`,
    text(LEFT - 6, top + 10, bytesText(most), 'end'),
    text(LEFT - 6, top + height, word, 'end'),
    ...bars,
  ];
}

function timeLabels(points: readonly { readonly atMs: number }[], step: 'hour' | 'day'): string[] {
  const width = (WIDTH - LEFT) / points.length;
  const every = Math.ceil(points.length / 7);
  const shown = (atMs: number) => timeText(atMs).slice(5, step === 'day' || points.length > 48 ? 10 : 16);
  return points.flatMap(({ atMs }, i) =>
    i % every === 0 ? [text(LEFT + i * width, HEIGHT - 8, shown(atMs), 'start')] : [],
  );
}

/** The heaviest, as bars beside their names. */
export function barPlot(title: string, lines: readonly TrafficLine[]): string {
  const shown = lines.filter(({ bytesOut }) => bytesOut > 0).slice(0, MOST_BARS);
  if (shown.length === 0) return '';
  const rows = shown.map(({ key, name, bytesOut }) => ({
    label: name === undefined ? key : `${key} ${name}`,
    value: bytesOut,
    word: bytesText(bytesOut),
  }));
  return bars(title, rows);
}

export function severityPlot(counts: Readonly<Record<Severity, number>>): string {
  const all = (['critical', 'high', 'medium', 'low'] as const).map((severity) => ({
    label: severity,
    value: counts[severity],
    word: numberText(counts[severity]),
    className: severity,
  }));
  return all.every(({ value }) => value === 0) ? '' : bars('Incidents opened, by severity', all);
}

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly word: string;
  readonly className?: string;
}

const ROW = 18;
const LABELS = 240;
const WORDS = 70;
const MOST_LABEL = 38;

function bars(title: string, rows: readonly Bar[]): string {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const parts = rows.flatMap(({ label, value, word, className = 'sent' }, i) => {
    const y = 22 + i * ROW;
    const long = (value / most) * (WIDTH - LABELS - WORDS);
    return [
      text(LABELS - 8, y + 12, cut(plain(label)), 'end'),
      `<rect class="${className}" x="${LABELS}" y="${y + 2}" width="${round(long)}" height="${ROW - 5}"/>`,
      text(LABELS + long + 6, y + 12, word, 'start'),
    ];
  });
  return svg(title, WIDTH, 26 + rows.length * ROW, [text(0, 12, title, 'start', 'title'), ...parts]);
}

function cut(label: string): string {
  const characters = [...label];
  return characters.length > MOST_LABEL ? `${characters.slice(0, MOST_LABEL - 1).join('')}…` : label;
}

function svg(label: string, width: number, height: number, parts: readonly string[]): string {
  const name = escapeText(label);
  return `<svg role="img" aria-label="${name}" viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg">${parts.join('')}</svg>`;
}

function text(x: number, y: number, words: string, anchor: 'start' | 'end', className = 'label'): string {
  return `<text class="${className}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeText(words)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
