/** How the daemon fares, as a list of things that are well or are not. Pure. */
import type { Schema } from 'penstock-client';
import { formatAgo, formatCount, formatMany } from '../part/format.ts';

export interface Check {
  readonly name: string;
  readonly tone: 'ok' | 'medium' | 'critical' | 'neutral';
  /** One word: `in place`. */
  readonly word: string;
  readonly words: string;
}

type Status = Schema<'Status'>;

export function checksOf(status: Status, nowMs: number): Check[] {
  return [
    kernelTable(status, nowMs),
    drift(status),
    conntrack(status),
    ledger(status),
    breaker(status),
    allowlist(status),
    denyLists(status),
    alerts(status),
    latency(status),
  ];
}

/** What makes somebody look at once. */
export function isWell(status: Status, nowMs: number): boolean {
  return checksOf(status, nowMs).every(({ tone }) => tone !== 'critical');
}

function kernelTable({ kernel }: Status, nowMs: number): Check {
  const name = 'Kernel table';
  const seen = `compared ${formatAgo(kernel.verifiedAtMs, nowMs)}`;
  if (kernel.table === 'in-place') return { name, tone: 'ok', word: 'in place', words: seen };
  const words = kernel.error ?? seen;
  return kernel.table === 'repairing'
    ? { name, tone: 'medium', word: 'repairing', words }
    : { name, tone: 'critical', word: 'not in place', words };
}

function drift({ kernel: { driftRepairs, contestedBy } }: Status): Check {
  const name = 'Drift';
  if (contestedBy !== undefined && contestedBy.length > 0) {
    const words = `${contestedBy.join(', ')} changes the table again and again`;
    return { name, tone: 'critical', word: 'contested', words };
  }
  if (driftRepairs === 0) return { name, tone: 'ok', word: 'none', words: 'no change by others' };
  return {
    name,
    tone: 'medium',
    word: `${formatCount(driftRepairs)} mended`,
    words: 'since the daemon started',
  };
}

function conntrack({ conntrack: { hooksRegistered, lost, resyncs, events, undecodable } }: Status): Check {
  const name = 'Conntrack';
  if (!hooksRegistered) return { name, tone: 'critical', word: 'not seen', words: 'no hook is registered' };
  const seen = formatMany(events, 'event');
  if (lost === 0 && undecodable === 0) return { name, tone: 'ok', word: 'none lost', words: seen };
  const words = `${seen}, read again ${formatMany(resyncs, 'time')}, ${formatCount(undecodable)} not understood`;
  return { name, tone: 'medium', word: `${formatMany(lost, 'time')} lost`, words };
}

function ledger({ ledgerError }: Status): Check {
  if (ledgerError === undefined) {
    return { name: 'Ledger', tone: 'ok', word: 'takes entries', words: 'all that is done is recorded' };
  }
  return { name: 'Ledger', tone: 'critical', word: 'takes nothing', words: ledgerError };
}

function breaker({ breaker: state }: Status): Check {
  const name = 'Automation';
  if (state.state === 'closed') return { name, tone: 'ok', word: 'acts', words: 'the breaker is closed' };
  return { name, tone: 'critical', word: 'only alerts', words: `${state.actor}: ${state.reason}` };
}

function allowlist({ mode, allowlist: { elements, error } }: Status): Check {
  const name = 'Allowlist';
  if (error !== undefined) return { name, tone: 'critical', word: 'not in the kernel', words: error };
  if (mode !== 'enforce') {
    return { name, tone: 'neutral', word: 'not enforced', words: `mode ${mode} drops nothing of it` };
  }
  return { name, tone: 'ok', word: 'enforced', words: `${formatMany(elements, 'element')} in the kernel` };
}

function denyLists({ denyLists: { state, ranges, error } }: Status): Check {
  const name = 'Deny lists';
  const words = error ?? `${formatMany(ranges, 'range')} in the kernel`;
  const tones = { off: 'neutral', loading: 'medium', loaded: 'ok', failed: 'critical' } as const;
  return { name, tone: tones[state], word: state, words: state === 'off' ? 'none is preloaded' : words };
}

/** A sink that is down keeps its alerts for later; people have to know that they are not told. */
function alerts({ alerts: { sinks, failing } }: Status): Check {
  const name = 'Alerts';
  if (failing.length > 0) {
    return { name, tone: 'critical', word: 'not taken', words: `waiting for ${failing.join(', ')}` };
  }
  if (sinks === 0) return { name, tone: 'neutral', word: 'no sink', words: 'nobody is told' };
  return {
    name,
    tone: 'ok',
    word: 'taken',
    words: `by ${formatMany(sinks, 'sink')}`,
  };
}

function latency({ blockLatency: { count, medianMs, p99Ms } }: Status): Check {
  const name = 'Time to block';
  if (count === 0) return { name, tone: 'neutral', word: 'none yet', words: 'nothing was blocked' };
  const half = `half within ${medianMs.toFixed(2)} ms`;
  return {
    name,
    tone: p99Ms < 50 ? 'ok' : 'medium',
    word: `${p99Ms.toFixed(1)} ms`,
    words: count === 1 ? 'one block' : `99 % of ${formatCount(count)}; ${half}`,
  };
}
