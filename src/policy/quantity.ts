/** Durations, sizes and rates as text. Without the schemas, which a command that only shows a size needs not load. */
import { PolicyTextError } from './errors.ts';

const MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES: Record<string, number> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const YEAR_MS = 366 * MS.d;

/** `10m`, `24h`: one whole number and s, m, h or d. From 1 s to 366 d. Returns milliseconds. */
export function parseDuration(text: string): number {
  const match = /^([1-9][0-9]{0,8})([smhd])$/.exec(text);
  if (!match) throw new PolicyTextError(text, 'no duration', 'a whole number and s, m, h or d, like 10m');
  const ms = Number(match[1]) * MS[match[2]];
  if (ms > YEAR_MS) throw new PolicyTextError(text, 'too long a duration', 'at most 366d');
  return ms;
}

/** `2GiB` (powers of 1024) or `500MB` (powers of 1000). Returns bytes. */
export function parseSize(text: string): number {
  const match = /^([1-9][0-9]{0,8})(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/.exec(text);
  const bytes = match ? Number(match[1]) * BYTES[match[2]] : Number.NaN;
  if (!Number.isSafeInteger(bytes)) {
    throw new PolicyTextError(text, 'no size', 'a whole number and B, kB, MB, GB, TB, KiB, MiB, GiB or TiB');
  }
  return bytes;
}

/** `50/s`, `10/m`, `100/h`. Returns events per second. */
export function parseRate(text: string): number {
  const match = /^([1-9][0-9]{0,6})\/([smh])$/.exec(text);
  if (!match) throw new PolicyTextError(text, 'no rate', 'a whole number, / and s, m or h, like 50/s');
  return Number(match[1]) / (MS[match[2]] / 1000);
}

/** `500` for plain, `24h`/`10m`/`90s` for milliseconds: the largest unit that fits. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm']) {
    if (ms >= MS[unit] && ms % MS[unit] === 0) return `${ms / MS[unit]}${unit}`;
  }
  return `${Math.round(ms / 100) / 10}s`;
}

/** `1.5 GiB`, `312 B`. */
export function formatSize(bytes: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB']) {
    if (bytes >= BYTES[unit]) return `${Math.round((bytes / BYTES[unit]) * 10) / 10} ${unit}`;
  }
  return `${bytes} B`;
}
