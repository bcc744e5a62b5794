/** Numbers, spans and services as people read them. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const dateTime = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});
const clockTime = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', hourCycle: 'h23' });

/** `12,345` */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1 flow`, `12,345 flows` */
export function formatMany(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `1.5 MiB`: three digits at most. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `1.5 MiB/s` */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `5 d` */
export function formatSpan(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < 2 * DAY) return parts(span, HOUR, 'h', MINUTE, 'min');
  return parts(span, DAY, 'd', HOUR, 'h');
}

/** `9:05`, `1:02:09`: for what counts down. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `just now`, `4 min ago`, `in 2 h` */
export function formatAgo(ms: number, nowMs: number): string {
  const span = nowMs - ms;
  if (Math.abs(span) < 5 * SECOND) return 'just now';
  return span > 0 ? `${formatSpan(span)} ago` : `in ${formatSpan(-span)}`;
}

export function formatDateTime(ms: number): string {
  return dateTime.format(ms);
}

export function formatClock(ms: number): string {
  return clockTime.format(ms);
}

/** `93 %` */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
};

export function protocolName(protocol: number): string {
  return PROTOCOLS[protocol] ?? `ip/${protocol}`;
}

/** `tcp/443`, `icmp` */
export function formatService({ protocol, port }: { protocol: number; port: number | null }): string {
  return port === null ? protocolName(protocol) : `${protocolName(protocol)}/${port}`;
}

/** `policyViolation` becomes `policy violation`. */
export function formatWords(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function parts(span: number, unit: number, name: string, smaller: number, smallerName: string): string {
  const rest = Math.floor((span % unit) / smaller);
  const first = `${Math.floor(span / unit)} ${name}`;
  return rest === 0 ? first : `${first} ${rest} ${smallerName}`;
}
