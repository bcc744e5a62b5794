/** Recorded captures as a stream of labelled windows, several hosts at once, each from a time of its own. */
import { join } from 'node:path';
import {
  type Address,
  formatAddress,
  ipv4,
  parseAddress,
  sameAddress,
} from '../../../src/address/address.ts';
import { FlowKeys } from '../../../src/detection/flow-keys.ts';
import { FEATURE_COUNT } from '../../../src/detection/model/features.ts';
import { WINDOW_MS, WindowFeatures } from '../../../src/detection/model/window-features.ts';
import { outcomeOf } from '../../../src/detection/outcome.ts';
import { isDns, isNowhere, isTcp } from '../../../src/detection/surroundings.ts';
import type { FlowChange } from '../../../src/flow/flow.ts';
import { playBack } from '../../../src/flow/recorded/playback.ts';
import { readRecordedFlows } from '../../../src/flow/recorded/read.ts';
import { emptyRecordedFlow, type RecordedFlow } from '../../../src/flow/recorded/recorded-flow.ts';
import { RecordedFlows } from '../../../src/flow/recorded/recorded-flows.ts';

export interface CaptureFile {
  readonly file: string;
  readonly host: string;
  /** The capture holds no labels of its flows and is of an infected host from the first to the last. */
  readonly allMalicious?: boolean;
}

export const INFECTED = {
  njRAT: { file: '001-njrat.ndjson.gz', host: '192.168.1.115' },
  'nmap scans': { file: '002-nmap-portscan.ndjson.gz', host: '172.16.1.11' },
  Simda: { file: '005-simda-dga.ndjson.gz', host: '192.168.1.116', allMalicious: true },
  'HTTP beacon': { file: 'rita-missinghost-3d.ndjson.gz', host: '73.54.23.243' },
} as const satisfies Record<string, CaptureFile>;

export const BENIGN = {
  'Windows 1': { file: '010-ctu-normal-win-24h.ndjson.gz', host: '147.32.83.234' },
  'Windows 2': { file: '011-ctu-normal-win-24h.ndjson.gz', host: '147.32.83.165' },
  Ubuntu: { file: 'ctu-sme11-2023-02-20.ndjson.gz', host: '192.168.1.109' },
} as const satisfies Record<string, CaptureFile>;

/** What one host opened, from time 0 on; labelled. */
export type HostFlows = readonly RecordedFlow[];

export async function readCapture(directory: string, capture: CaptureFile): Promise<HostFlows> {
  const host = parseAddress(capture.host);
  const recorded = await readRecordedFlows([join(directory, capture.file)]);
  const firstMs = recorded.startedAtMs(0);
  const flows: RecordedFlow[] = [];
  for (let i = 0; i < recorded.length; i++) {
    const flow = emptyRecordedFlow();
    recorded.read(i, flow);
    if (!sameAddress(flow.source, host) || isNowhere(flow.destination)) continue;
    flow.startedAtMs -= firstMs;
    flow.label = capture.allMalicious || flow.label === 'malicious' ? 'malicious' : 'benign';
    flows.push(flow);
  }
  return flows;
}

/** Flows that a host of the stream opens, beside others of the same name. */
export interface Part {
  readonly host: string;
  readonly flows: HostFlows;
  readonly fromMs: number;
}

export interface LabelledWindow {
  readonly host: string;
  readonly startMs: number;
  readonly x: Float64Array;
  readonly malicious: boolean;
}

/** Windows in the order in which they begin. */
export function windowsOf(parts: readonly Part[]): LabelledWindow[] {
  return new WindowStream(parts).run();
}

class WindowStream {
  readonly #hosts: string[];
  readonly #flows = new RecordedFlows();
  /** Host and number of each window with malicious flows. */
  readonly #malicious = new Set<string>();
  readonly #features: WindowFeatures;
  readonly #keys = new FlowKeys([1, 2, 3, 4]);
  readonly #known = new Set<string>();
  readonly #lastMs: number[] = [];
  readonly #windows: LabelledWindow[] = [];

  constructor(parts: readonly Part[]) {
    this.#hosts = [...new Set(parts.map(({ host }) => host))];
    this.#features = new WindowFeatures(this.#hosts.length);
    for (const part of parts) for (const flow of part.flows) this.#add(part, flow);
  }

  #add({ host, fromMs }: Part, flow: RecordedFlow): void {
    const slot = this.#hosts.indexOf(host);
    const startedAtMs = flow.startedAtMs + fromMs;
    // The slot as an address, so that it comes back in each change.
    this.#flows.push({ ...flow, startedAtMs, source: ipv4(slot) });
    if (flow.label !== 'malicious') return;
    const last = Math.floor((startedAtMs + flow.durationMs) / WINDOW_MS);
    for (let window = Math.floor(startedAtMs / WINDOW_MS); window <= last; window++)
      this.#malicious.add(`${slot} ${window}`);
  }

  run(): LabelledWindow[] {
    playBack(
      this.#flows,
      () => true,
      (change, atMs) => this.#observe(change, atMs),
    );
    for (const slot of this.#hosts.keys()) this.#close(slot);
    return this.#windows.sort((one, other) => one.startMs - other.startMs);
  }

  #observe({ kind, flow, bytesOut, bytesIn }: FlowChange, atMs: number): void {
    const slot = flow.host.d;
    const tcp = isTcp(flow.protocol);
    const dns = isDns(flow.protocol, flow.destinationPort);
    if (this.#features.isDue(slot, atMs)) this.#close(slot);
    this.#lastMs[slot] = atMs;
    if (kind === 'started') {
      const isNew = this.#meet(slot, flow.destination);
      const destinationHash = this.#keys.address(flow.destination);
      const port = flow.destinationPort;
      this.#features.opened(slot, atMs, { destinationHash, port, isNew, isTcp: tcp, isDns: dns });
    }
    this.#features.transferred(slot, atMs, bytesOut, bytesIn, dns);
    if (kind !== 'ended') return;
    this.#features.ended(slot, atMs, atMs - flow.startedAtMs);
    if (tcp && outcomeOf(flow) !== 'answered') this.#features.failed(slot, atMs);
  }

  #meet(slot: number, destination: Address): boolean {
    const acquaintance = `${slot} ${formatAddress(destination)}`;
    if (this.#known.has(acquaintance)) return false;
    this.#known.add(acquaintance);
    return true;
  }

  #close(slot: number): void {
    const x = new Float64Array(FEATURE_COUNT);
    if (!this.#features.closeWindow(slot, x)) return;
    const window = Math.floor(this.#lastMs[slot] / WINDOW_MS);
    const malicious = this.#malicious.has(`${slot} ${window}`);
    this.#windows.push({ host: this.#hosts[slot], startMs: window * WINDOW_MS, x, malicious });
  }
}
