/**
 * Chooses the next step at random among those that the world as it is allows, by weights. Pure: the same draws and the
 * same world give the same step.
 *
 *   ledger well    ---- fill-disk, lock-ledger ---->    ledger faulty: changes (which are refused), traffic, harm
 *        ^                                                  |
 *        +---------------------- heal ----------------------+    at the latest after FAULTY_STEPS
 */
import type { Target } from '../../src/decision/decision.ts';
import type { Draw } from '../evaluation/injection/draw.ts';
import { HOSTS, PREFIXES, PROTECTABLE, STRANGERS } from './scenery.ts';
import { type Change, FATAL_STEPS, HARMS, type PolicyChoice, type Step, type World } from './step.ts';

const FAULTY_STEPS = 4;
/** A jump takes the clock back to within this. */
const FARTHEST_MS = 4 * 3_600_000;
const JUMPS_MS = [1_000, 30_000, 600_000, 3 * 3_600_000];
const LIFETIMES_MS = [4_000, 20_000, 600_000, 3_600_000];

const WEIGHTS: Record<Step['kind'], number> = {
  traffic: 16,
  block: 14,
  approve: 10,
  reject: 6,
  revoke: 8,
  apply: 8,
  try: 5,
  confirm: 10,
  deadline: 5,
  rollback: 6,
  forbidden: 2,
  probe: 8,
  kill: 4,
  'kill-at-step': 5,
  foreign: 10,
  'fill-disk': 2,
  'lock-ledger': 2,
  heal: 12,
  clock: 2,
  enobufs: 2,
};

export function nextStep(world: World, draw: Draw): Step {
  const possible = possibleKinds(world);
  let left = draw.uniform(
    0,
    possible.reduce((sum, kind) => sum + WEIGHTS[kind], 0),
  );
  const kind = possible.find((each) => {
    left -= WEIGHTS[each];
    return left < 0;
  });
  return make(kind ?? possible[possible.length - 1], world, draw);
}

/** Kinds of step that make sense now. */
export function possibleKinds(world: World): Step['kind'][] {
  if (world.faultySteps >= FAULTY_STEPS) return ['heal'];
  const always: Step['kind'][] = ['traffic', 'block', 'rollback', 'foreign', 'forbidden', ...answers(world)];
  if (world.ledgerFault !== null) return [...always, 'heal'];
  const policy: Step['kind'][] = world.trial ? ['confirm', 'deadline'] : ['apply', 'try'];
  return [
    ...always,
    ...policy,
    'probe',
    'kill',
    'kill-at-step',
    'fill-disk',
    'lock-ledger',
    'clock',
    'enobufs',
  ];
}

function answers({ decisions }: World): Step['kind'][] {
  const waits = decisions.some(({ state }) => state === 'pending' || state === 'provisional');
  const stands = decisions.some(({ state }) => state === 'active' || state === 'provisional');
  return [...(waits ? (['approve', 'reject'] as const) : []), ...(stands ? (['revoke'] as const) : [])];
}

const CHANGES: readonly Change['kind'][] = [
  'apply',
  'try',
  'confirm',
  'block',
  'approve',
  'reject',
  'revoke',
  'rollback',
];

function isChange(kind: Step['kind']): kind is Change['kind'] {
  return CHANGES.some((each) => each === kind);
}

function make(kind: Step['kind'], world: World, draw: Draw): Step {
  if (kind === 'forbidden' || isChange(kind)) return makeChange(kind, world, draw);
  switch (kind) {
    case 'traffic':
      return {
        kind,
        destination: draw.pick(STRANGERS),
        firstPort: 1_000 + draw.below(60_000),
        ports: draw.pick([1, 1, 3, 10, 40]),
      };
    case 'kill':
      return { kind, harm: draw.chance(0.5) ? draw.pick(HARMS) : null };
    case 'kill-at-step': {
      const change = draw.pick(possibleKinds(world).filter(isChange));
      return { kind, at: draw.pick(FATAL_STEPS), change: makeChange(change, world, draw) };
    }
    case 'foreign':
      return { kind, harm: draw.pick(HARMS) };
    case 'clock':
      return { kind, byMs: jump(world.clockOffsetMs, draw) };
    default:
      return { kind };
  }
}

function makeChange(kind: Change['kind'], world: World, draw: Draw): Change {
  switch (kind) {
    case 'apply':
      return { kind, policy: policyChoice(world, draw) };
    case 'try':
      return { kind, policy: policyChoice(world, draw), withinMs: draw.pick([1_000, 3_000, 60_000]) };
    case 'confirm':
      return { kind, revision: world.trial?.revision ?? world.revision };
    case 'block':
      return { kind, target: target(draw), ttlMs: draw.pick(LIFETIMES_MS) };
    case 'rollback':
      return { kind, to: 1 + draw.below(goalsOf(world)) };
    case 'forbidden':
      return { kind, prefix: draw.pick(['127.0.0.1/32', '10.1.0.1/32', 'fd00:1::1/128']) };
    case 'approve':
    case 'reject':
      return { kind, id: draw.pick(among(world, 'pending', 'provisional')) };
    case 'revoke':
      return { kind, id: draw.pick(among(world, 'active', 'provisional')) };
  }
}

/** A policy on trial is what a rollback ends: not to the trial itself. */
function goalsOf({ trial, revision }: World): number {
  return Math.max(1, trial ? trial.revision - 1 : revision);
}

function among({ decisions }: World, ...states: readonly string[]): string[] {
  return decisions.filter(({ state }) => states.includes(state)).map(({ id }) => id);
}

function jump(offsetMs: number, draw: Draw): number {
  const byMs = draw.pick(JUMPS_MS) * draw.pick([1, -1]);
  return Math.abs(offsetMs + byMs) > FARTHEST_MS ? -byMs : byMs;
}

function policyChoice({ modes }: World, draw: Draw): PolicyChoice {
  const some = (from: readonly string[], share: number) => from.filter(() => draw.chance(share));
  return {
    mode: draw.pick(modes),
    approval: draw.pick(['none', 'provisional', 'required']),
    protectedPrefixes: some(PROTECTABLE, 0.3),
    denied: some(STRANGERS, 0.2),
  };
}

function target(draw: Draw): Target {
  const kind = draw.pick(['destination', 'destination', 'flow', 'host'] as const);
  if (kind === 'destination') return { kind, prefix: draw.pick(PREFIXES) };
  const host = draw.pick(HOSTS);
  if (kind === 'flow') {
    const service = draw.pick([
      { protocol: 17, port: 9_000 + draw.below(5) },
      { protocol: 6, port: 443 },
    ]);
    const destination = draw.pick(STRANGERS.filter((each) => each.includes(':') === host.includes(':')));
    return { kind, host, destination, service };
  }
  const exceptions = host.includes(':')
    ? ['2001:db8:66::/64', '2001:db8:66::10/128']
    : ['203.0.113.0/24', '203.0.113.10/32'];
  return { kind, host, allowTo: exceptions.filter(() => draw.chance(0.4)) };
}
