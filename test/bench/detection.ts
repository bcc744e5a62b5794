/**
 * What detection costs:
 *
 *   detection     processor time a flow with all detectors, 10,000 hosts; beside playing the same flows back to nobody
 *   profile       memory a host, 10,000 hosts known; beside the profile's own size
 *   replay        recorded flows a second of a processor, from a file to incidents, in a process that has run for a
 *                 while; beside reading and parsing the same lines
 *   replay-command
 *                 `penstock replay` of that file in a fresh process, by the clock; beside its processor time, of all its
 *                 threads: starting, compiling and reading ahead are in both
 */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Address, formatAddress } from '../../src/address/address.ts';
import { PROFILE_BYTES } from '../../src/detection/profile-layout.ts';
import { playBack } from '../../src/flow/recorded/playback.ts';
import { RecordedFlows } from '../../src/flow/recorded/recorded-flows.ts';
import { loadPolicyFile } from '../../src/policy/loader.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { replay } from '../../src/replay/replay.ts';
import { ReplaySession } from '../../src/replay/session.ts';
import { type Figure, figure, median } from './figure.ts';
import { eachFlow } from './traffic.ts';

const OBSERVE = fileURLToPath(new URL('../../policies/observe.yaml', import.meta.url));
const PENSTOCK = fileURLToPath(new URL('../../bin/penstock', import.meta.url));
const HOSTS = 10_000;

export interface DetectionBench {
  readonly flows: number;
  readonly rounds: number;
}

export async function benchDetection({ flows, rounds }: DetectionBench): Promise<Figure[]> {
  const policy = observe();
  return [...costAndMemory(policy, flows, rounds), ...(await replays(policy, flows, rounds))];
}

/** The policy with all detectors that comes along. */
export function observe(): Policy {
  const loaded = loadPolicyFile(OBSERVE);
  if (!loaded.ok) throw new Error(loaded.problems[0].message);
  return loaded.policy;
}

function costAndMemory(policy: Policy, flows: number, rounds: number): Figure[] {
  const recorded = new RecordedFlows();
  eachFlow({ hosts: HOSTS, flows, days: 2 }, (flow) => recorded.push(flow));
  recorded.sort();
  const costs: number[] = [];
  const alone: number[] = [];
  const memories: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.memoryUsage().arrayBuffers;
    const session = new ReplaySession(policy);
    const isOurs = (address: Address) => session.compiled.isOurs(address);
    costs.push(processorTime(() => playBack(recorded, isOurs, session.take)) / flows);
    memories.push((process.memoryUsage().arrayBuffers - before) / session.detection.profiles.size);
    alone.push(
      processorTime(() =>
        playBack(
          recorded,
          () => true,
          () => {},
        ),
      ) / flows,
    );
    // Twice: what is referred to weakly goes with the second.
    globalThis.gc?.();
    globalThis.gc?.();
  }
  return [
    figure('detection', median(costs), 'us/flow', 'the same flows to nobody', median(alone)),
    figure('profile', Math.max(...memories), 'B/host', 'the profile itself', PROFILE_BYTES),
  ];
}

export function replayRate(policy: Policy, flows: number, rounds: number): Promise<Figure> {
  return withRecording(flows, (file) => rateOf(policy, { file, flows, rounds }));
}

function replays(policy: Policy, flows: number, rounds: number): Promise<Figure[]> {
  return withRecording(flows, async (file) => {
    const recording = { file, flows, rounds };
    return [await rateOf(policy, recording), replayCommand(recording)];
  });
}

interface Recording {
  readonly file: string;
  readonly flows: number;
  readonly rounds: number;
}

async function withRecording<T>(flows: number, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-bench-'));
  try {
    const file = join(folder, 'flows.ndjson');
    await writeRecording(file, flows);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function rateOf(policy: Policy, { file, flows, rounds }: Recording): Promise<Figure> {
  const rates: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    rates.push(await rate(flows, () => replay(policy, [file])));
    limits.push(await rate(flows, async () => parseOnly(file)));
  }
  return figure('replay', median(rates), 'flows/s', 'reading and JSON.parse alone', median(limits));
}

function replayCommand({ file, rounds }: Recording): Figure {
  const walls: number[] = [];
  const processors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    // `times` of POSIX: the shell's own on the first line, then that of the processes which it waited for.
    const script = '"$0" replay --json "$1" > /dev/null && times';
    const times = execFileSync('sh', ['-c', script, PENSTOCK, file], { encoding: 'utf8' });
    walls.push((performance.now() - began) / 1000);
    processors.push(secondsOf(times.split('\n')[1]));
  }
  return figure('replay-command', median(walls), 's', 'processor time of the same', median(processors));
}

/** `0m3.140000s 0m0.210000s`, user and system. */
function secondsOf(times: string): number {
  const spans = [...times.matchAll(/(\d+)m([\d.]+)s/g)];
  return spans.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

async function writeRecording(file: string, flows: number): Promise<void> {
  const out = createWriteStream(file);
  let lines: string[] = [];
  eachFlow({ hosts: 200, flows, days: 1 }, (flow) => {
    const { startedAtMs, durationMs, protocol, source, sourcePort, destination, destinationPort } = flow;
    lines.push(
      JSON.stringify({
        ts: startedAtMs / 1000,
        duration: durationMs / 1000,
        proto: protocol === 6 ? 'tcp' : 'udp',
        src: formatAddress(source),
        sport: sourcePort,
        dst: formatAddress(destination),
        dport: destinationPort,
        orig_bytes: flow.bytesOut,
        reply_bytes: flow.bytesIn,
        orig_pkts: flow.packetsOut,
        reply_pkts: flow.packetsIn,
        state: flow.outcome === 'answered' ? 'SF' : 'S0',
        label: 'unknown',
        source_note: 'bench',
      }),
    );
    if (lines.length < 10_000) return;
    out.write(`${lines.join('\n')}\n`);
    lines = [];
  });
  out.end(lines.length > 0 ? `${lines.join('\n')}\n` : '');
  await once(out, 'close');
}

function parseOnly(file: string): void {
  for (const line of readFileSync(file, 'utf8').split('\n')) if (line !== '') JSON.parse(line);
}

async function rate(flows: number, work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return flows / ((user + system) / 1e6);
}

/** Microseconds. */
function processorTime(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return user + system;
}
