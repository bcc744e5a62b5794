/** Values as a reader sees them. Times are UTC. */

/** Text from anywhere as one harmless line: nothing in it moves a cursor, turns the reading direction or hides. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1.2 GB`, three digits that count. */
export function bytesText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : digits(value)} ${UNITS[unit]}`;
}

function digits(value: number): string {
  return value >= 99.5 ? value.toFixed(0) : value >= 9.95 ? value.toFixed(1) : value.toFixed(2);
}

export function numberText(value: number): string {
  return value.toLocaleString('en-GB');
}

/** `2026-10-05 12:00`. */
export function timeText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 16).replace('T', ' ');
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function shareText(share: number): string {
  return `${(share * 100).toFixed(share > 0.995 || share === 0 ? 0 : 1)} %`;
}
