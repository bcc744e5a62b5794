/** Whether rows say what the decisions say that they are made of, however they are asked. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { ActiveDecisions } from '../../../src/decision/active-decisions.ts';
import type { Decision } from '../../../src/decision/decision.ts';
import { dueAt, standsInKernel } from '../../../src/decision/life-cycle.ts';
import { standingRow } from '../../../src/decision/standing-row.ts';
import { StandingRows } from '../../../src/decision/standing-rows.ts';
import { StoodBefore } from '../../../src/decision/stood-before.ts';
import { subjectOf } from '../../../src/decision/subject.ts';
import { flowOf } from '../incident/flow.ts';
import { anyDecision, anyTarget, HOSTS, latest } from './any-decision.ts';
import { decisionOf, destinationTarget, flowTarget, neverBlockOf } from './fixtures.ts';

const NUMBERS = 12;
const GUARD = neverBlockOf(['192.0.2.0/24'], ['10.1.0.10/32'], ['17/443']);
const decisions = fc.array(anyDecision(NUMBERS), { maxLength: 20 }).map(latest);

/** What has a row in rows, and all else as it is. */
function split(all: readonly Decision[]) {
  const rows = all.flatMap((each) => standingRow(each) ?? []);
  return {
    rows: new StandingRows(Buffer.concat(rows)),
    others: all.filter((each) => standsInKernel(each) && standingRow(each) === null),
  };
}

test('only quarantines, networks and what does not stand have no row', () => {
  fc.assert(
    fc.property(anyDecision(NUMBERS), (decision) => {
      const { target } = decision;
      const isOne =
        target.kind === 'flow' || (target.kind === 'destination' && !target.prefix.endsWith('/24'));
      expect(standingRow(decision) !== null).toBe(standsInKernel(decision) && isOne);
    }),
  );
});

test('a row tells what its decision tells', () => {
  fc.assert(
    fc.property(anyDecision(999_999_999_999_999), (decision) => {
      const row = standingRow(decision);
      if (row === null) return;
      const rows = new StandingRows(row);
      const { id, target, origin, state, createdAtMs, ttlMs } = decision;
      expect([rows.count, rows.rowOf(id), rows.id(0)]).toEqual([1, 0, id]);
      expect([rows.untilMs(0), rows.createdAtMs(0), rows.ttlMs(0)]).toEqual([
        dueAt(decision),
        createdAtMs,
        ttlMs,
      ]);
      expect(rows.isAutomatic(0)).toBe(origin.kind === 'automatic');
      expect(rows.isProvisional(0)).toBe(state === 'provisional');
      expect(rows.target(0)).toEqual(target);
      expect(rows.subject(0)).toEqual(subjectOf(target));
    }),
  );
});

test.each([
  ['an address that is none', destinationTarget('192.0.2.300/32')],
  ['two families', flowTarget('10.1.0.10', '2001:db8::1')],
])('%s has no row: the whole of it is looked at', (_, target) => {
  expect(standingRow(decisionOf(target))).toBeNull();
});

test('what stood before is found, counted and told as what is put in, whatever becomes of it', () => {
  const change = fc.oneof(anyDecision(NUMBERS), fc.integer({ min: 1, max: NUMBERS }));
  fc.assert(
    fc.property(
      decisions,
      fc.array(change, { maxLength: 10 }),
      fc.array(anyTarget),
      (all, changes, asked) => {
        const [whole, apart] = [new ActiveDecisions(), new ActiveDecisions()];
        const { rows, others } = split(all);
        apart.adopt(new StoodBefore(rows, (id) => all.find((each) => each.id === id) as Decision));
        for (const each of others) apart.put(each);
        for (const each of all.filter(standsInKernel)) whole.put(each);
        expectSame(apart, whole);
        for (const each of changes) {
          for (const active of [whole, apart]) {
            if (typeof each === 'number') active.drop(`D${each}`);
            else if (standsInKernel(each)) active.put(each);
            else active.drop(each.id);
          }
          expectSame(apart, whole);
          for (const target of asked)
            expect(apart.covering(target) !== undefined).toBe(whole.covering(target) !== undefined);
        }
      },
    ),
  );
});

function expectSame(apart: ActiveDecisions, whole: ActiveDecisions): void {
  const byId = (some: Iterable<Decision>) => [...some].toSorted((x, y) => x.id.localeCompare(y.id));
  expect(byId(apart.values())).toEqual(byId(whole.values()));
  expect(byId(apart.forbiddenBy(GUARD))).toEqual(byId(whole.forbiddenBy(GUARD)));
  const counts = ({ size, blockedHosts, quarantinedHosts }: ActiveDecisions) => [
    size,
    blockedHosts,
    quarantinedHosts,
  ];
  expect(counts(apart)).toEqual(counts(whole));
  for (let number = 1; number <= NUMBERS; number++) {
    expect(apart.get(`D${number}`)).toEqual(whole.get(`D${number}`));
    expect(apart.stateOf(`D${number}`)).toBe(whole.stateOf(`D${number}`));
  }
  for (const host of HOSTS) {
    expect(apart.isBlockedHost(parseAddress(host))).toBe(whole.isBlockedHost(parseAddress(host)));
    for (const to of HOSTS.filter((each) => each.includes(':') === host.includes(':'))) {
      const flow = flowOf({ host, to: `${to} 443` });
      expect(apart.find(flow) !== undefined).toBe(whole.find(flow) !== undefined);
    }
  }
}

test('what is over is told until it is let go, whenever it is looked for', () => {
  const all = [3, 1, 2].map((second, i) => ({
    ...decisionOf(destinationTarget(`192.0.2.${i}/32`), `D${i + 1}`),
    expiresAtMs: second * 1_000,
  }));
  const before = new StoodBefore(split(all).rows, () => all[0]);
  const over = (nowMs: number) => before.overdue(nowMs).map(({ id }) => id);
  expect([over(999), over(1_000), over(2_000), over(2_000)]).toEqual([
    [],
    ['D2'],
    ['D2', 'D3'],
    ['D2', 'D3'],
  ]);
  before.letGo('D2');
  expect([over(2_000), over(3_000), over(1_999)]).toEqual([['D3'], ['D1', 'D3'], []]);
  expect([over(500_000), over(1_000), over(3_000)]).toEqual([['D1', 'D3'], [], ['D1', 'D3']]);
});

test('what ends later than in a minute is told when it ends, by whatever clock', () => {
  const one = { ...decisionOf(destinationTarget('192.0.2.1/32')), expiresAtMs: 200_000 };
  const before = new StoodBefore(split([one]).rows, () => one);
  const isOver = (nowMs: number) => before.overdue(nowMs).length === 1;
  expect([0, 30_000, 199_999, 200_000, 100_000, 200_000].map(isOver)).toEqual([
    false,
    false,
    false,
    true,
    false,
    true,
  ]);
});
