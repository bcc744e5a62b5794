import { describe, expect, it, test } from 'vitest';
import { formatProblem } from '../../../src/policy/problem.ts';
import {
  ANOMALY_DETECTORS,
  type AnomalyDetector,
  type DetectorSettings,
  type Settings,
} from '../../../src/policy/schema/detectors.ts';
import { loadGood, loadText, policyText } from './sources.ts';

const HOUR = 3_600_000;

const settingsOf = (detectors: string): DetectorSettings => loadGood(`  detectors: ${detectors}\n`).detectors;

/** What was found wrong with it, each in a line. */
function problems(spec: string): string[] {
  const result = loadText({ 'p.yaml': policyText(spec) });
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe('detectors', () => {
  test('are off when the policy does not name them', () => {
    expect(loadGood('').detectors).toEqual({});
    expect(settingsOf('{}')).toEqual({});
    expect(Object.keys(settingsOf('{scan: {}, outlier: {}}')).toSorted()).toEqual(['outlier', 'scan']);
  });

  test.each(ANOMALY_DETECTORS)('take their defaults when they are named: %s', (name) => {
    const { [name]: settings } = settingsOf(`{${name}: {}}`);
    for (const value of Object.values(settings ?? { missing: 0 })) expect(value).toBeGreaterThan(0);
    // A person who writes the defaults out gets the same.
    expect(settingsOf(`{${name}: ${written(settings ?? {})}}`)).toEqual({ [name]: settings });
  });

  test('are all there are, with settings that a person may need', () => {
    const all = settingsOf(`{${ANOMALY_DETECTORS.map((name) => `${name}: {}`).join()}}`);
    expect(Object.keys(all).toSorted()).toEqual([...ANOMALY_DETECTORS].toSorted());
    for (const name of ANOMALY_DETECTORS)
      expect(Object.keys(all[name] ?? {}).length > 0).toBe(name !== 'outlier');
  });

  const every: [AnomalyDetector, string, Settings<AnomalyDetector>][] = [
    ['scan', 'minTargets: 7, memory: 2h', { minTargets: 7, memory: 2 * HOUR }],
    [
      'failedConnections',
      'minAttempts: 3, failedPercent: 62.5, minSpan: 10m',
      { minAttempts: 3, failedPercent: 62.5, minSpan: HOUR / 6 },
    ],
    [
      'beacon',
      'minBeats: 9, minPeriod: 1s, maxPeriod: 1d',
      { minBeats: 9, minPeriod: 1_000, maxPeriod: 24 * HOUR },
    ],
    [
      'volume',
      'floor: 5MiB, factor: 1.5, uploadRatio: 2',
      { floor: 5 * 2 ** 20, factor: 1.5, uploadRatio: 2 },
    ],
    ['oddHours', 'minHistory: 14d, minConnections: 1', { minHistory: 336 * HOUR, minConnections: 1 }],
    ['newDestination', 'minHistory: 1h', { minHistory: HOUR }],
    ['longConnection', 'longerThan: 30m', { longerThan: HOUR / 2 }],
    ['dnsTunnel', 'floor: 200kB, queryBytes: 200', { floor: 200_000, queryBytes: 200 }],
    ['icmpTunnel', 'floor: 1GB, packetBytes: 65535', { floor: 1e9, packetBytes: 65_535 }],
    ['fanOut', 'factor: 2, floor: 1, minHistory: 12h', { factor: 2, floor: 1, minHistory: 12 * HOUR }],
  ];
  test.each(every)('take every setting: %s: {%s}', (name, text, settings) => {
    expect(settingsOf(`{${name}: {${text}}}`)).toEqual({ [name]: settings });
  });

  test('are all covered here', () => {
    expect(every.map(([name]) => name)).toEqual(ANOMALY_DETECTORS.filter((name) => name !== 'outlier'));
  });

  test('take some and leave the others as they are', () => {
    const { scan: defaults } = settingsOf('{scan: {}}');
    expect(settingsOf('{scan: {memory: 1h}}')).toEqual({ scan: { ...defaults, memory: HOUR } });
  });
});

/** As a person would write them in the policy. */
function written(settings: object): string {
  const text = Object.entries(settings).map(([key, value]: [string, number]) => {
    if (/^(memory|min(Span|Period|History)|maxPeriod|longerThan)$/.test(key))
      return `${key}: ${value / 1000}s`;
    return /^floor$/.test(key) && value >= 1e6 ? `${key}: ${value}B` : `${key}: ${value}`;
  });
  return `{${text.join()}}`;
}

describe('refused, with place and what would be right (§ marks where)', () => {
  const detectors = (text: string) => `  detectors: {${text}}\n`;
  test.each<[string, string, string, string]>([
    [
      'a detector that does not exist',
      detectors('§portscan: {}'),
      'spec.detectors.portscan',
      "unknown field 'portscan'",
    ],
    ['a slip of the pen', detectors('§beacons: {}'), 'spec.detectors.beacons', 'beacon'],
    [
      'a cause that is none',
      detectors('§policyViolation: {}'),
      'spec.detectors.policyViolation',
      'unknown field',
    ],
    [
      'an unknown setting',
      detectors('scan: {§threshold: 5}'),
      'spec.detectors.scan.threshold',
      "unknown field 'threshold'",
    ],
    [
      'a setting of another detector',
      detectors('beacon: {§floor: 1MB}'),
      'spec.detectors.beacon.floor',
      'unknown field',
    ],
    ['a switch', detectors('scan: §true'), 'spec.detectors.scan', 'true'],
    ['nothing', detectors('scan: §null'), 'spec.detectors.scan', 'is empty; expected: a map'],
    ['a list', '  detectors: §[scan]\n', 'spec.detectors', 'a list'],
    ['text for a number', detectors('scan: {minTargets: §"ten"}'), 'spec.detectors.scan.minTargets', 'ten'],
    ['half a host', detectors('scan: {minTargets: §2.5}'), 'spec.detectors.scan.minTargets', 'whole number'],
    ['zero', detectors('scan: {minTargets: §0}'), 'spec.detectors.scan.minTargets', 'at least 1'],
    ['less than nothing', detectors('fanOut: {floor: §-5}'), 'spec.detectors.fanOut.floor', 'at least 1'],
    [
      'too much',
      detectors('beacon: {minBeats: §1000001}'),
      'spec.detectors.beacon.minBeats',
      'at most 1000000',
    ],
    [
      'a duration without unit',
      detectors('scan: {memory: §24}'),
      'spec.detectors.scan.memory',
      "text like '10m'",
    ],
    [
      'a size without unit',
      detectors('volume: {floor: §20}'),
      'spec.detectors.volume.floor',
      "text like '2GiB'",
    ],
    [
      'more than all',
      detectors('failedConnections: {failedPercent: §101}'),
      'spec.detectors.failedConnections.failedPercent',
      'at most 100',
    ],
    [
      'a factor that shrinks',
      detectors('volume: {factor: §0.5}'),
      'spec.detectors.volume.factor',
      'at least 1',
    ],
    [
      'a setting of what has none',
      detectors('outlier: {§threshold: 1}'),
      'spec.detectors.outlier.threshold',
      'unknown field',
    ],
  ])('%s', (_, marked, field, what) => {
    const before = policyText(marked).split('§')[0].split('\n');
    const spot = `p.yaml:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    const found = problems(marked.replace('§', ''));
    const hit = found.find((problem) => problem.startsWith(`${spot} ${field}: `) && problem.includes(what));
    expect(hit, `${spot} ${field}: ... ${what}\n${found.join('\n')}`).toBeDefined();
    expect(hit).toContain('; expected: ');
  });
});

describe('an action', () => {
  const actions = (text: string, detectors = '{scan: {}}') =>
    `  detectors: ${detectors}\n  response: {actions: [${text}]}\n`;

  it.each(ANOMALY_DETECTORS.filter((name) => name !== 'newDestination' && name !== 'outlier'))(
    'may name a detector that is on: %s',
    (name) => {
      expect(problems(actions(`{detector: ${name}, action: alert}`, `{${name}: {}}`))).toEqual([]);
      const [problem, ...others] = problems(actions(`{detector: ${name}, action: alert}`, '{}'));
      expect(others).toEqual([]);
      expect(problem).toMatch(/^p\.yaml:7:35 spec\.response\.actions\[0\]\.detector: /);
      expect(problem).toContain(`detector '${name}' is not on; expected: ${name}: {} under spec.detectors`);
    },
  );

  it.each(['newDestination', 'outlier'])('may not name a weight, on or off: %s', (name) => {
    for (const detectors of ['{}', `{${name}: {}}`]) {
      const [problem, ...others] = problems(actions(`{detector: ${name}, action: alert}`, detectors));
      expect(others).toEqual([]);
      expect(problem).toMatch(/^p\.yaml:7:35 spec\.response\.actions\[0\]\.detector: /);
      expect(problem).toContain(
        `detector '${name}' adds weight to others and never acts; expected: leave it out`,
      );
    }
  });

  it.each(['policyViolation', 'denyList', 'limit'])('may name what is always on: %s', (name) => {
    expect(problems(actions(`{detector: ${name}, action: alert}`))).toEqual([]);
  });

  it('that is wrong is told by its own place among others', () => {
    const found = problems(actions('{detector: scan, action: alert}, {detector: beacon, action: alert}'));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('spec.response.actions[1].detector: ');
  });

  it('of a name that is no detector is told which there are', () => {
    const [problem] = problems(actions('{detector: portscan, action: alert}'));
    expect(problem).toContain('spec.response.actions[0].detector');
    for (const name of ['policyViolation', ...ANOMALY_DETECTORS]) expect(problem).toContain(name);
  });
});
