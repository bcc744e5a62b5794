/** Recordings for tests: flows from few words, and files that go when the test is over. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { formatAddress, parseAddress } from '../../../../src/address/address.ts';
import { RecordingError } from '../../../../src/flow/errors.ts';
import { type ReadOptions, readRecordedFlows } from '../../../../src/flow/recorded/read.ts';
import { emptyRecordedFlow, type RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { RecordedFlows } from '../../../../src/flow/recorded/recorded-flows.ts';

/** A TCP connection of 10.1.0.10 that was answered, but for what is said. */
export function recordedFlow(
  parts: Partial<Omit<RecordedFlow, 'source' | 'destination'>> & {
    source?: string;
    destination?: string;
  } = {},
): RecordedFlow {
  const { source = '10.1.0.10', destination = '192.0.2.1', ...rest } = parts;
  return {
    ...emptyRecordedFlow(),
    protocol: 6,
    sourcePort: 40_000,
    destinationPort: 443,
    outcome: 'answered',
    ...rest,
    source: parseAddress(source),
    destination: parseAddress(destination),
  };
}

export function recordedFlows(flows: readonly RecordedFlow[]): RecordedFlows {
  const made = new RecordedFlows();
  for (const flow of flows) made.push(flow);
  return made;
}

/** Copies of all, in their order. */
export function listed(flows: RecordedFlows): RecordedFlow[] {
  return Array.from({ length: flows.length }, (_, place) => {
    const flow = emptyRecordedFlow();
    flows.read(place, flow);
    return flow;
  });
}

/** Files of this test alone, and their paths. */
export function recordingFiles(contents: Readonly<Record<string, string | Uint8Array>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return Object.entries(contents).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  });
}

export async function readText(content: string | Uint8Array, options?: ReadOptions): Promise<RecordedFlow[]> {
  return listed(await readRecordedFlows(recordingFiles({ recording: content }), options));
}

/** Code, line, problem and what would be right of a recording that is refused. */
export async function refusal(
  content: string | Uint8Array,
  options?: ReadOptions,
): Promise<Pick<RecordingError, 'code' | 'line' | 'problem' | 'expected' | 'message'>> {
  try {
    await readText(content, options);
  } catch (error) {
    if (error instanceof RecordingError) return error;
    throw error;
  }
  throw new Error('the recording was read');
}

/** A flow in one line: what a person compares. */
export function line(flow: RecordedFlow): string {
  const { startedAtMs, durationMs, protocol, icmpType, icmpCode, outcome, label } = flow;
  const end = (address: RecordedFlow['source'], port: number) => `${formatAddress(address)} ${port}`;
  const ends = `${end(flow.source, flow.sourcePort)} > ${end(flow.destination, flow.destinationPort)}`;
  const icmp = icmpType < 0 ? '' : ` icmp ${icmpType}/${icmpCode}`;
  const counters = `${flow.bytesOut}/${flow.packetsOut} ${flow.bytesIn}/${flow.packetsIn}`;
  const labelled = label === 'unknown' ? '' : ` ${label}`;
  return `${startedAtMs}+${durationMs} ${protocol} ${ends}${icmp} ${counters} ${outcome}${labelled}`;
}
