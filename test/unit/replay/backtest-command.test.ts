import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { penstock } from '../edges/cli/penstock.ts';

const HOST = '10.0.0.5';
const CONTROLLER = '203.0.113.66';
const BEGIN_S = 1_760_000_000;
const folder = mkdtempSync(join(tmpdir(), 'penstock-backtest-'));
const infected = join(folder, 'dead-controller.ndjson');
const broken = join(folder, 'broken.ndjson');

const line = (ts: number, dst: string, dport: number, replied: boolean, label: string) =>
  JSON.stringify({
    ...{ ts, duration: 1, proto: 'tcp', src: HOST, sport: 40_000, dst, dport, label },
    ...{ orig_bytes: 180, orig_pkts: 3, state: replied ? 'SF' : 'S0' },
    ...(replied ? { reply_bytes: 900, reply_pkts: 4 } : { reply_bytes: 0, reply_pkts: 0 }),
  });

/** A host that surfs, and calls a controller that is gone every 20 s for two hours. */
beforeAll(() => {
  const lines: string[] = [];
  for (let i = 0; i < 360; i++) {
    lines.push(line(BEGIN_S + 600 + i * 20, CONTROLLER, 4444, false, 'malicious'));
    if (i % 15 === 0) lines.push(line(BEGIN_S + i * 20, `198.51.100.${i % 200}`, 443, true, 'benign'));
  }
  writeFileSync(infected, `${lines.join('\n')}\n`);
  writeFileSync(broken, 'no flow\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('penstock backtest', () => {
  it('tells what was found, how soon and by what, as one JSON document', async () => {
    const { code, out } = await penstock(['backtest', '--json', infected]);
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(result).toMatchObject({ infected: 1, detected: 1, wrong: { acting: 0 } });
    expect(result.captures[0]).toMatchObject({ capture: 'dead-controller', flows: 384 });
    expect(result.captures[0].infected[0]).toMatchObject({
      host: HOST,
      attackMs: (BEGIN_S + 600) * 1000,
      detector: 'failedConnections',
    });
  });

  it('prints tables for a person', async () => {
    const { code, out } = await penstock(['backtest', infected]);
    expect(code).toBe(0);
    expect(out).toMatch(/dead-controller +10\.0\.0\.5 +(high|critical) .* failedConnections/);
    expect(out).toContain('found 1 of 1 infected hosts');
  });

  it('takes the word of a person, and counts what is said of a host named benign as false', async () => {
    const { out } = await penstock(['backtest', '--json', '--benign', HOST, infected]);
    expect(JSON.parse(out)).toMatchObject({ infected: 0, wrong: { acting: 1 } });
  });

  it('says when a named host is nowhere to be seen', async () => {
    const { code, err } = await penstock(['backtest', '--infected', '10.9.9.9', infected]);
    expect(code).toBe(0);
    expect(err).toContain('10.9.9.9 opened no flow in any capture');
  });

  it.each([
    ['a broken recording', [broken], broken],
    ['a host with two roles', ['--infected', HOST, '--benign', HOST, infected], HOST],
    ['the start of nobody’s attack', ['--attack-start', '2026-10-05T12:00:00Z', infected], '--infected'],
    ['what is no address', ['--infected', 'somewhere', infected], '--infected'],
    ['what is no time', ['--infected', HOST, '--attack-start', 'noon', infected], '--attack-start'],
  ])('refuses %s with exit code 2', async (_, args, named) => {
    const { code, err } = await penstock(['backtest', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(named);
  });
});
