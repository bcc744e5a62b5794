import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { SUSPICION } from '../../../src/detection/host-profile.ts';
import { playBack } from '../../../src/flow/recorded/playback.ts';
import type { RecordedFlow } from '../../../src/flow/recorded/recorded-flow.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { isPolicyCause } from '../../../src/incident/incident.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { replayFlows } from '../../../src/replay/replay.ts';
import { ReplaySession } from '../../../src/replay/session.ts';
import { recordedFlow, recordedFlows } from '../flow/recorded/recording.ts';
import { loadGood } from '../policy/sources.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 2, 2);
const HOST = '10.1.0.10';

const ALL =
  '{scan: {}, failedConnections: {}, beacon: {}, volume: {}, oddHours: {}, newDestination: {}, longConnection: {}, dnsTunnel: {}, icmpTunnel: {}, fanOut: {}, outlier: {}}';
const policyWith = (detectors: string): Policy =>
  loadGood(`  hostGroups: {office: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}}
  services: {any: [{protocol: any}], ssh: [{protocol: tcp, ports: [22]}]}
  denyLists: [{id: known-c2, cidrs: [198.51.100.66/32], reason: known command and control}]
  rules:
    - {id: capped, from: [office], to: {cidrs: [203.0.113.77/32]}, services: [any], limits: {bytesOut: {max: 1MB, per: 1h}}}
    - {id: most, from: [office], to: {cidrs: [203.0.113.0/24, 151.0.0.0/8]}, services: [any]}
  detectors: ${detectors}
`);
const POLICY = policyWith(ALL);

type Parts = Parameters<typeof recordedFlow>[0];
const answered = { bytesOut: 800, bytesIn: 4_000, packetsOut: 6, packetsIn: 7, durationMs: 200 };
const nothing = { bytesIn: 0, packetsIn: 0 };
const unanswered = {
  ...nothing,
  outcome: 'unanswered',
  bytesOut: 180,
  packetsOut: 3,
  durationMs: 3_000,
} as const;

const repeated = (
  count: number,
  everyMs: number,
  each: (i: number) => Parts,
  fromMs = START,
): RecordedFlow[] =>
  Array.from({ length: count }, (_, i) =>
    recordedFlow({ startedAtMs: fromMs + i * everyMs, ...answered, ...each(i) }),
  );

const work = (untilMs: number) =>
  repeated((untilMs - START) / (7 * MINUTE), 7 * MINUTE, (i) => ({
    destination: `151.0.0.${i % 200}`,
    bytesIn: 1_000 * (i % 97),
  }));

/** No two begin at the same moment: those would keep the order of the recording. */
const recording = (): RecordedFlow[] =>
  [
    ...work(START + 6 * HOUR),
    ...repeated(
      40,
      90_000,
      () => ({ destination: '203.0.113.9', destinationPort: 8443, ...unanswered }),
      START + HOUR,
    ),
    ...repeated(3, MINUTE, () => ({ destination: '198.51.100.66' }), START + 2 * HOUR),
    ...repeated(4, MINUTE, () => ({ destination: '192.0.2.99', destinationPort: 25 }), START + 3 * HOUR),
    ...repeated(2, MINUTE, () => ({ destination: '203.0.113.77', bytesOut: 900_000 }), START + 4 * HOUR),
    ...repeated(
      50,
      1_000,
      (i) => ({ source: '10.1.0.11', destination: `203.0.113.${i}`, destinationPort: 22, ...unanswered }),
      START + 5 * HOUR,
    ),
    ...repeated(50, MINUTE, () => ({ source: '10.1.0.11', destination: '151.0.0.1' }), START + 4.5 * HOUR),
  ].map((flow, i) => ({ ...flow, startedAtMs: flow.startedAtMs + i / 1_024 }));

const replayed = (flows: readonly RecordedFlow[], policy = POLICY): Incident[] =>
  replayFlows(policy, recordedFlows(flows));
const causes = (incidents: readonly Incident[]) => incidents.map(({ cause }) => cause);

describe('a replay', () => {
  it('gives the same for the same input, to the letter', () => {
    const once = replayed(recording());
    expect(once.length).toBeGreaterThan(4);
    expect(replayed(recording())).toEqual(once);
  });

  it('gives what policy and detectors find, in the order in which it was found', () => {
    const incidents = replayed(recording());
    expect(causes(incidents)).toEqual(['failedConnections', 'denyList', 'policyViolation', 'limit', 'scan']);
    expect(incidents.map(({ id }) => id)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5']);
  });

  it('tells of each incident what came of it until the end', () => {
    const incidents = replayed(recording());
    const violation = incidents.find(({ cause }) => cause === 'policyViolation');
    expect(violation).toMatchObject({
      host: HOST,
      groups: ['office'],
      destination: '192.0.2.99',
      services: [{ protocol: 6, port: 25 }],
      count: 4,
      state: 'closed',
    });
    const seenMs = violation ? violation.lastSeenMs - violation.firstSeenMs : 0;
    expect(Math.round(seenMs)).toBe(3 * MINUTE);
    const dead = incidents.find(({ cause }) => cause === 'failedConnections');
    expect(dead).toMatchObject({ host: HOST, groups: ['office'], destination: '203.0.113.9', state: 'open' });
    expect(dead?.story?.happened).toContain('203.0.113.9 tcp/8443');
  });

  it('does not depend on the order of the records, nor on what those who recorded them know', () => {
    const flows = recording();
    const labelled = flows.map((flow): RecordedFlow => ({ ...flow, label: 'malicious', note: 'a bot' }));
    const disordered = labelled.toSorted((x, y) => (x.startedAtMs % 7_919) - (y.startedAtMs % 7_919));
    expect(replayed(disordered)).toEqual(replayed(flows));
  });

  it('makes no anomaly, and asks no detector, by a policy without detectors', () => {
    const said: string[] = [];
    const incidents = replayFlows(policyWith('{}'), recordedFlows(recording()), {
      onFinding: ({ detector }) => said.push(detector),
    });
    expect(causes(incidents)).toEqual(['denyList', 'policyViolation', 'limit']);
    expect(said).toEqual([]);
  });

  it('makes nothing of nothing', () => {
    expect(replayed([])).toEqual([]);
    expect(causes(replayed(work(START + 2 * DAY)))).toEqual([]);
  });

  it('tells what detectors say, with its time, also where it makes no incident', () => {
    const said: [string, number][] = [];
    const incidents = replayFlows(POLICY, recordedFlows(recording()), {
      onFinding: ({ detector }, atMs) => said.push([detector, atMs]),
    });
    const anomalies = incidents.filter(({ cause }) => !isPolicyCause(cause));
    expect(said.length).toBeGreaterThanOrEqual(anomalies.length);
    for (const [, atMs] of said) expect(atMs).toBeGreaterThanOrEqual(START);
    const times = said.map(([, atMs]) => atMs);
    expect(times).toEqual(times.toSorted((x, y) => x - y));
  });

  it('says how far it is, to the end', () => {
    const told: [string, number, number][] = [];
    replayFlows(POLICY, recordedFlows(work(START + 90 * DAY)), {
      onProgress: (...progress) => told.push(progress),
    });
    const total = told[0][2];
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toEqual(['judge', total, total]);
    const done = told.map(([, each]) => each);
    expect(done).toEqual(done.toSorted((x, y) => x - y));
  });
});

describe('an incident of a recording', () => {
  it('is closed when it is quiet, and what comes later opens another', () => {
    const violations = [START, START + 30 * MINUTE, START + 5 * HOUR].flatMap((atMs) =>
      repeated(1, 0, () => ({ destination: '192.0.2.99' }), atMs),
    );
    const incidents = replayed([...work(START + 8 * HOUR), ...violations]);
    expect(incidents.map(({ id, count, state }) => [id, count, state])).toEqual([
      ['I1', 2, 'closed'],
      ['I2', 1, 'closed'],
    ]);
  });

  it('of an anomaly too, and its host is learnt from again', () => {
    const calls = (fromMs: number) =>
      repeated(
        40,
        90_000,
        () => ({ destination: '203.0.113.9', destinationPort: 8443, ...unanswered }),
        fromMs,
      );
    const session = new ReplaySession(POLICY);
    const flows = recordedFlows([...work(START + 4 * DAY), ...calls(START + HOUR)]);
    const suspicions: number[] = [];
    playBack(
      flows,
      (address) => session.compiled.isOurs(address),
      (change, atMs) => {
        session.take(change, atMs);
        suspicions.push(session.detection.profiles.get(parseAddress(HOST))?.profile.head[SUSPICION] ?? 0);
      },
    );
    const [incident, ...others] = session.finish();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ cause: 'failedConnections', state: 'closed' });
    expect(Math.max(...suspicions)).toBeGreaterThan(0.5);
    expect(suspicions.at(-1)).toBe(0);
  });

  it('is of the host that opened, whichever of ours that is, and not of who is visited', () => {
    const visits = repeated(30, 1_000, (i) => ({
      source: '198.51.100.7',
      destination: HOST,
      destinationPort: i + 1,
    }));
    expect(replayed([...work(START + HOUR), ...visits])).toEqual([]);
    const inside = repeated(1, 0, () => ({ source: HOST, destination: '10.1.0.11' }));
    expect(replayed(inside).map(({ host, cause }) => [host, cause])).toEqual([[HOST, 'policyViolation']]);
  });
});
