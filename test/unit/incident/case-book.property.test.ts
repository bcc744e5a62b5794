import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Scope } from '../../../src/detection/finding.ts';
import { CaseBook, MAX_EVIDENCE } from '../../../src/incident/case-book.ts';
import { isWeight } from '../../../src/incident/fusion.ts';
import { type Incident, isPolicyCause, type Severity } from '../../../src/incident/incident.ts';
import type { Closure } from '../../../src/incident/incident-book.ts';
import { IncidentNumbers } from '../../../src/incident/incident-numbers.ts';
import { ANOMALY_DETECTORS, type AnomalyDetector } from '../../../src/policy/schema/detectors.ts';
import { findingOf } from './finding.ts';

const MAX_CASES = 6;
const QUIET_MS = 60;
const LEVELS: [number, Severity][] = [
  [0.3, 'low'],
  [0.5, 'medium'],
  [0.8, 'high'],
  [0.95, 'critical'],
];

interface Said {
  readonly detector: AnomalyDetector;
  readonly scope: Scope;
  readonly host: string;
  readonly destination: string;
  readonly port: number;
  readonly confidence: number;
}

interface Piece {
  readonly detector: AnomalyDetector;
  readonly about: string;
  readonly destination: string;
  confidence: number;
  count: number;
}

/** A case as the header of case-book.ts tells it, without a thought of speed. */
interface ModelCase {
  readonly host: string;
  pieces: Piece[];
  id: string | undefined;
  level: number;
  score: number;
  count: number;
  lastMs: number;
}

/** A list of cases, the one that was quiet the longest first. */
class Model {
  cases: ModelCase[] = [];
  #next = 1;

  observe(said: Said, atMs: number): { kind: string; displaced: string | undefined; found: ModelCase } {
    const known = this.cases.find(({ host }) => host === said.host);
    const found = known ?? {
      host: said.host,
      pieces: [],
      id: undefined,
      level: -1,
      score: 0,
      count: 0,
      lastMs: atMs,
    };
    add(found, said);
    found.lastMs = atMs;
    const score = scoreOf(found.pieces);
    const level = LEVELS.filter(([least]) => score >= least).length - 1;
    const opens = found.id === undefined && level >= 0;
    const displaced = known === undefined ? this.#makeRoom(opens) : undefined;
    this.cases = this.cases.filter((each) => each !== found);
    if (known !== undefined || opens || displaced !== 'none') this.cases.push(found);
    if (found.id === undefined && !opens) return { kind: 'noted', displaced: undefined, found };
    const raised = !opens && level > found.level;
    if (opens) found.id = `I${this.#next++}`;
    found.level = Math.max(found.level, level);
    found.score = Math.max(found.score, score);
    found.count++;
    return { kind: opens ? 'opened' : raised ? 'raised' : 'updated', displaced, found };
  }

  /** The id of the open one that had to go; 'none': there is no room. */
  #makeRoom(opens: boolean): string | undefined {
    if (this.cases.length < MAX_CASES) return undefined;
    const noted = this.cases.find(({ id }) => id === undefined);
    const victim = noted ?? (opens ? this.cases[0] : undefined);
    if (victim === undefined) return 'none';
    this.drop(victim);
    return victim.id;
  }

  drop(gone: ModelCase): void {
    this.cases = this.cases.filter((each) => each !== gone);
  }

  /** What was only noted is forgotten, what was open goes on with its evidence as the incident lists it. */
  restart(): void {
    this.cases = this.open;
    const order = ({ detector, confidence }: Piece) => (isWeight(detector) ? 1 : 0) - confidence / 2;
    for (const each of this.cases) each.pieces.sort((x, y) => order(x) - order(y));
  }

  get open(): ModelCase[] {
    return this.cases.filter(({ id }) => id !== undefined);
  }
}

function add(found: ModelCase, { detector, scope, destination, port, confidence }: Said): void {
  const place = scope === 'host' ? 'everywhere' : destination;
  const about = `${detector} ${place} ${scope === 'service' ? port : 'all'}`;
  const known = found.pieces.find((piece) => piece.about === about);
  if (known !== undefined) {
    known.confidence = Math.max(known.confidence, confidence);
    known.count++;
    return;
  }
  found.pieces.push({ detector, about, destination: place, confidence, count: 1 });
  if (found.pieces.length <= MAX_EVIDENCE) return;
  const others = found.pieces.slice(0, -1);
  const least = Math.min(...others.map((piece) => piece.confidence));
  const weakest = others.find((piece) => piece.confidence === least);
  found.pieces = found.pieces.filter((piece) => piece !== weakest);
}

function scoreOf(pieces: readonly Piece[]): number {
  if (pieces.every(({ detector }) => isWeight(detector))) return 0;
  const places = [...new Set(pieces.map(({ destination }) => destination))].map((place) => {
    const here = pieces.filter(({ destination }) => destination === place);
    const best = ANOMALY_DETECTORS.map((name) =>
      Math.max(0, ...here.filter(({ detector }) => detector === name).map(({ confidence }) => confidence)),
    );
    return 1 - best.reduce((doubt, confidence) => doubt * (1 - confidence), 1);
  });
  const [strongest, ...others] = places.toSorted((x, y) => y - x);
  return 1 - others.reduce((doubt, place) => doubt * (1 - 0.3 * place), 1 - strongest);
}

const said: fc.Arbitrary<Said> = fc.record({
  detector: fc.constantFrom(...ANOMALY_DETECTORS),
  scope: fc.constantFrom('service', 'destination', 'host'),
  // One that much is said of, and others.
  host: fc.oneof(fc.constant(0), fc.nat(11)).map((i) => `10.0.0.${i}`),
  destination: fc.nat(3).map((i) => `192.0.2.${i}`),
  port: fc.constantFrom(22, 443),
  // Never such that a score lies on a border, where the last bit would decide.
  confidence: fc.integer({ min: 1, max: 60 }).map((percent) => (percent + 0.317) / 100),
});
const action = fc.oneof(
  { weight: 30, arbitrary: fc.record({ said, afterMs: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ close: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ sweepAfterMs: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.constant({ restart: true } as const) },
);

function expectSame(
  incident: Incident | undefined,
  { id, level, score, count, pieces, lastMs }: ModelCase,
): void {
  expect(incident).toMatchObject({
    id,
    severity: LEVELS[level][1],
    count,
    lastSeenMs: lastMs,
    state: 'open',
  });
  expect(incident?.score).toBeCloseTo(score, 9);
  expect(incident && isPolicyCause(incident.cause)).toBe(false);
  const evidence =
    incident?.evidence.map((item) => [item.detector, item.confidence, item.count].join()) ?? [];
  expect(evidence.toSorted()).toEqual(
    pieces.map((piece) => [piece.detector, piece.confidence, piece.count].join()).toSorted(),
  );
  expect(evidence.length).toBeLessThanOrEqual(MAX_EVIDENCE);
}

it('opens, raises, updates and closes as a plain list of all that was said does', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 60, maxLength: 250, size: 'max' }), (actions) => {
      const numbers = new IncidentNumbers(1);
      const options = { numbers, groupsOf: () => [], maxCases: MAX_CASES, quietMs: QUIET_MS };
      let book = new CaseBook(options);
      const model = new Model();
      let nowMs = 0;
      const expectGone = (closures: readonly (Closure | undefined)[], gone: readonly ModelCase[]) => {
        const ids = closures.flatMap((closure) => closure?.incident.id ?? []);
        expect(ids).toEqual(gone.flatMap(({ id }) => id ?? []));
        for (const each of gone) model.drop(each);
      };
      for (const each of actions) {
        if ('said' in each) {
          nowMs += each.afterMs;
          const { host, destination, port, ...rest } = each.said;
          const observed = book.observe(findingOf({ ...rest, host, to: `${destination} ${port}` }), nowMs);
          const { kind, displaced, found } = model.observe(each.said, nowMs);
          expect(observed.kind).toBe(kind);
          if (observed.kind === 'opened') expect(observed.displaced?.incident.id).toBe(displaced);
          if (observed.kind !== 'noted') expectSame(observed.incident, found);
        } else if ('close' in each) {
          const id = `I${each.close}`;
          expectGone(
            [book.close(id, 'asked')],
            model.open.filter((one) => one.id === id),
          );
        } else if ('sweepAfterMs' in each) {
          nowMs += each.sweepAfterMs;
          expectGone(
            book.sweep(nowMs),
            model.cases.filter(({ lastMs }) => nowMs - lastMs >= QUIET_MS),
          );
        } else {
          const open = model.open.flatMap(({ id }) => book.get(id ?? '') ?? []);
          book = new CaseBook(options);
          book.restore(structuredClone(open));
          model.restart();
        }
        expect(book.size).toBe(model.open.length);
        for (const one of model.open) expectSame(book.get(one.id ?? ''), one);
      }
    }),
    { numRuns: 100 },
  );
});
