import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatAddress } from '../../../../src/address/address.ts';
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import {
  backgroundOf,
  DAY_MS,
  HOST,
  HOUR_MS,
  readBackground,
} from '../../../evaluation/injection/background.ts';
import { syntheticHost } from '../../../evaluation/injection/synthetic-host.ts';
import { tile } from '../../../evaluation/injection/tiling.ts';

const folder = mkdtempSync(join(tmpdir(), 'penstock-background-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const line = (ts: number, src: string, label: string) =>
  JSON.stringify({
    ...{ ts, duration: 1, proto: 'tcp', src, sport: 40_000, dst: '192.0.2.1', dport: 443, label },
    ...{ orig_bytes: 500, reply_bytes: 900, orig_pkts: 4, reply_pkts: 4, state: 'SF' },
  });

function captureOf(name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

describe('the background of a capture', () => {
  it('is what the busiest benign host opened, under another address', async () => {
    const lines = [
      line(10, '10.1.1.1', 'benign'),
      line(20, '10.1.1.1', 'unknown'),
      line(30, '10.1.1.2', 'benign'),
    ];
    const background = await readBackground(captureOf('office.ndjson', lines));
    expect(background?.name).toBe('office');
    expect(background?.flows.map(({ startedAtMs }) => startedAtMs)).toEqual([10_000, 20_000]);
    expect(new Set(background?.flows.map(({ source }) => source))).toEqual(new Set([HOST]));
  });

  it.each([
    ['an infected host', [line(10, '10.1.1.1', 'benign'), line(20, '10.1.1.2', 'malicious')]],
    ['no labels', [line(10, '10.1.1.1', 'unknown')]],
  ])('is none with %s', async (name, lines) => {
    expect(await readBackground(captureOf(`${name}.ndjson`, lines))).toBeUndefined();
  });

  it('ends after a day, and knows the most that was sent in an hour of it', () => {
    const [flow] = syntheticHost(1).flows;
    const at = (hours: number, bytesOut: number) => ({
      ...flow,
      startedAtMs: flow.startedAtMs + hours * HOUR_MS,
      bytesOut,
    });
    const background = backgroundOf('made up', [at(0, 5), at(3, 20), at(3.1, 30), at(23, 1), at(24, 1_000)]);
    expect(background).toMatchObject({ mostInHour: 50, allDay: 56 });
    expect(background.flows).toHaveLength(4);
  });
});

describe('a synthetic host', () => {
  it('is the same for the same seed and another for another', () => {
    expect(syntheticHost(3)).toEqual(syntheticHost(3));
    expect(syntheticHost(3).flows).not.toEqual(syntheticHost(4).flows);
  });

  it('works by day and is seldom heard of by night', () => {
    const { flows } = syntheticHost(1);
    const webAt = (from: number, to: number) =>
      flows.filter(({ startedAtMs, destinationPort }) => {
        const hour = new Date(startedAtMs).getUTCHours();
        return destinationPort === 443 && hour >= from && hour < to;
      }).length;
    expect(webAt(8, 17)).toBeGreaterThan(300);
    expect(webAt(0, 7)).toBeLessThan(15);
  });
});

describe('many days from one', () => {
  const background = syntheticHost(1);
  const day = (flows: ReturnType<typeof tile>, n: number) =>
    flows.slice(background.flows.length).filter(({ startedAtMs }) => {
      const begins = background.firstMs + n * DAY_MS - 15 * 60_000;
      return startedAtMs >= begins && startedAtMs < begins + DAY_MS;
    });

  it('are the same for the same seed, and differ from each other', () => {
    const flows = tile(background, 4, 7);
    expect(tile(background, 4, 7)).toEqual(flows);
    expect(tile(background, 4, 8)).not.toEqual(flows);
    expect(day(flows, 1).map(({ bytesOut }) => bytesOut)).not.toEqual(
      day(flows, 2).map(({ bytesOut }) => bytesOut),
    );
  });

  it('begin with the day as it is', () => {
    expect(tile(background, 2, 1).slice(0, background.flows.length)).toEqual(background.flows);
  });

  it('are moved as a whole by a quarter of an hour at most, so that gaps stay as they were', () => {
    // Visits to the web each last a time of their own, by which they are known again.
    const visits = (flows: readonly RecordedFlow[]) => flows.filter(({ durationMs }) => durationMs % 1 !== 0);
    const starts = new Map(visits(background.flows).map((flow) => [flow.durationMs, flow.startedAtMs]));
    const again = visits(tile(background, 4, 2).slice(background.flows.length));
    const moved = again.map((flow) =>
      Math.round(flow.startedAtMs - (starts.get(flow.durationMs) ?? Number.NaN)),
    );
    const days = [...new Set(moved)];
    expect(days).toHaveLength(3);
    for (const [i, movedMs] of days.entries())
      expect(Math.abs(movedMs - (i + 1) * DAY_MS)).toBeLessThanOrEqual(15 * 60_000);
  });

  it('leave out and move a few destinations', () => {
    const known = new Set(background.flows.map(({ destination }) => formatAddress(destination)));
    const again = tile(background, 9, 3).slice(background.flows.length);
    const elsewhere = again.filter(({ destination }) => !known.has(formatAddress(destination))).length;
    expect(again.length / (8 * background.flows.length)).toBeGreaterThan(0.85);
    expect(again.length / (8 * background.flows.length)).toBeLessThan(1);
    expect(elsewhere / again.length).toBeGreaterThan(0.01);
    expect(elsewhere / again.length).toBeLessThan(0.15);
  });
});
