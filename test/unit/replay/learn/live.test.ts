import { describe, expect, it } from 'vitest';
import type { FlowListing, FlowView } from '../../../../src/engine/commands.ts';
import { emptyRecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { learnFlows } from '../../../../src/replay/learn/learn.ts';
import { LiveRecording } from '../../../../src/replay/learn/live-recording.ts';
import { watchFlows } from '../../../../src/replay/learn/live-watch.ts';
import { OPTIONS, START_MS } from './flows.ts';

const VIEW: FlowView = {
  ...{ direction: 'outbound', protocol: 6, host: '10.1.0.10', hostPort: 40_000 },
  ...{ destination: '9.9.9.9', destinationPort: 443, translated: null, translatedPort: null },
  ...{ startedAtMs: START_MS, lastSeenAtMs: START_MS + 5_000, replied: true },
  ...{ bytesOut: 500, bytesIn: 2_000, packetsOut: 5, packetsIn: 6, verdict: 'allow', because: 'all' },
};
const view = (more: Partial<FlowView> = {}): FlowView => ({ ...VIEW, ...more });
const listing = (flows: FlowView[], truncated = false): FlowListing => ({
  flows,
  truncated,
  next: null,
  standing: flows.length,
});

function recordingOf(...looks: FlowView[][]): LiveRecording {
  const recording = new LiveRecording();
  for (const flows of looks) recording.take(listing(flows), START_MS);
  return recording;
}

function flowsOf({ flows }: LiveRecording) {
  return Array.from({ length: flows.length }, (_, place) => {
    const into = emptyRecordedFlow();
    flows.read(place, into);
    return into;
  });
}

describe('the flows of a daemon as a recording', () => {
  it('a flow that goes on is one flow, as it was last', () => {
    const recording = recordingOf(
      [view()],
      [view({ bytesOut: 900, lastSeenAtMs: START_MS + 60_000 })],
      [view({ startedAtMs: START_MS + 70_000 })],
    );
    expect(flowsOf(recording)).toMatchObject([{ bytesOut: 900, durationMs: 60_000 }, { bytesOut: 500 }]);
  });
  it.each([
    ['answered', {}, 'answered'],
    ['nothing came back', { replied: false, packetsIn: 0, bytesIn: 0 }, 'unanswered'],
    ['an RST came back', { packetsOut: 1, bytesOut: 60, packetsIn: 1, bytesIn: 40 }, 'refused'],
    ['no accounting', { packetsOut: 0, bytesOut: 0, packetsIn: 0, bytesIn: 0 }, 'answered'],
    [
      'no accounting, no answer',
      { replied: false, packetsOut: 0, bytesOut: 0, packetsIn: 0, bytesIn: 0 },
      'unanswered',
    ],
  ])('%s', (_what, more, outcome) => {
    expect(flowsOf(recordingOf([view(more)]))).toMatchObject([{ outcome }]);
  });
  it('what comes in is told from its originator', () => {
    const recording = recordingOf([view({ direction: 'inbound', hostPort: 22, destinationPort: 50_000 })]);
    expect(flowsOf(recording)).toMatchObject([
      { source: { d: 0x09090909 }, sourcePort: 50_000, destinationPort: 22, bytesOut: 2_000, bytesIn: 500 },
    ]);
    expect(recording.hosts).toEqual([]);
  });
  it('both ends of a translated flow are kept', () => {
    const recording = recordingOf([view({ translated: '10.9.9.9', translatedPort: 3_128 })]);
    const { rules } = learnFlows(recording.flows, OPTIONS);
    expect(rules.map(({ services, networks }) => [...services, networks[0].cidr])).toEqual([
      ['https', '9.9.9.9/32'],
      ['http-proxy', '10.9.9.9/32'],
    ]);
  });
  it.each([
    [view({ protocol: 1, destinationPort: 0 }), 'ipv4'],
    [view({ protocol: 58, destinationPort: 0, host: 'fd00::1', destination: '2620:fe::fe' }), 'ipv6'],
  ])('ICMP is taken for echo requests, and that is said', (flow, family) => {
    const recording = recordingOf([flow]);
    expect(learnFlows(recording.flows, OPTIONS).rules).toMatchObject([
      { icmp: [{ family, types: ['echo-request'] }] },
    ]);
    expect(recording.notes.join()).toContain('ICMP is taken for echo requests');
  });
  it('a start that the kernel did not tell is when it was seen', () => {
    const [flow] = flowsOf(recordingOf([view({ startedAtMs: 0 })]));
    expect(flow).toMatchObject({ startedAtMs: START_MS, durationMs: 5_000 });
  });
  it('more flows than are held are counted, and those held still brought up to date', () => {
    const recording = new LiveRecording(2);
    const flows = [1, 2, 3].map((port) => view({ hostPort: port }));
    recording.take(listing(flows), START_MS);
    recording.take(listing([view({ hostPort: 1, bytesOut: 999 })]), START_MS);
    expect(flowsOf(recording).map(({ bytesOut }) => bytesOut)).toEqual([999, 500]);
    expect(recording.notes.join()).toContain('more than 2 flows were seen');
  });
});

describe('watching a daemon', () => {
  const never = new AbortController().signal;

  it('looks until the time is over', async () => {
    let looks = 0;
    const ask = async () => listing([view({ hostPort: ++looks })]);
    const recording = await watchFlows(ask, { forMs: 50, everyMs: 1, signal: never });
    expect(recording.looks).toBe(looks);
    expect(recording.flows.length).toBe(looks);
    expect(recording.notes[0]).toMatch(new RegExp(`^seen in ${looks} looks .* a recording is better`));
  });
  it('ends when it is told to', async () => {
    const stopper = new AbortController();
    const ask = async () => {
      stopper.abort();
      return listing([view()]);
    };
    const { looks } = await watchFlows(ask, { forMs: 3_600_000, everyMs: 3_600_000, signal: stopper.signal });
    expect(looks).toBe(1);
  });
  it('asks for known hosts in turn when more stands than one answer holds', async () => {
    const hosts = Array.from({ length: 20 }, (_, i) => `10.1.0.${i + 1}`);
    const asked: string[] = [];
    const stopper = new AbortController();
    const ask = async ({ host }: { host?: string }) => {
      if (host === undefined)
        return listing(
          hosts.map((each) => view({ host: each })),
          true,
        );
      asked.push(host);
      if (new Set(asked).size === hosts.length) stopper.abort();
      return listing([view({ host, destination: '8.8.8.8' })]);
    };
    const recording = await watchFlows(ask, { forMs: 60_000, everyMs: 1, signal: stopper.signal });
    expect(asked.slice(0, 8)).toEqual(hosts.slice(0, 8));
    expect(recording.flows.length).toBe(2 * hosts.length);
    expect(recording.notes.join()).toMatch(/3 looks did not show all/);
  });
  it('keeps what it saw when the daemon goes, and says so', async () => {
    let looks = 0;
    const ask = async () => {
      if (++looks > 2) throw new Error('the connection failed');
      return listing([view()]);
    };
    const recording = await watchFlows(ask, { forMs: 60_000, everyMs: 1, signal: never });
    expect(recording.flows.length).toBe(1);
    expect(recording.notes.join()).toContain('the watch ended early: the connection failed');
  });
  it('fails when it never saw anything', async () => {
    const ask = () => Promise.reject(new Error('no daemon'));
    await expect(watchFlows(ask, { forMs: 60_000, everyMs: 1, signal: never })).rejects.toThrow('no daemon');
  });
});
