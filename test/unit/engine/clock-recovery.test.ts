import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench, HOUR, LISTED, MINUTE, VIOLATION } from './bench.ts';

const SECOND = 1_000;
const TARGET = (i: number) => ({ kind: 'destination', prefix: `192.0.2.${i}/32` }) as const;

describe('a clock that was set while the daemon was dead', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
  });
  afterEach(() => bench[Symbol.dispose]());

  const left = (id: string) =>
    (bench.engine.ledger.queries.decision(id)?.expiresAtMs ?? Number.NaN) - Date.now();

  it.each([
    ['back', -3 * HOUR],
    ['forward', 24 * HOUR],
  ])('%s: a block has the time left that it had, in the kernel and in the ledger', async (_, byMs) => {
    const { id } = bench.block(TARGET(1));
    bench.kill();
    bench.sleep(20 * MINUTE);
    bench.jump(byMs);
    await bench.launch();
    expect([...bench.elements().values()]).toEqual([40 * MINUTE]);
    expect(left(id)).toBe(40 * MINUTE);
    expect(bench.recorded('clock.jumped').map(({ body }) => body)).toEqual([{ byMs }]);
    const settled = { state: 'active', enforcement: { status: 'applied' } };
    expect(bench.engine.ledger.queries.decision(id)).toMatchObject(settled);
    bench.pass(40 * MINUTE);
    expect([bench.decisions('expired').length, bench.elements().size]).toEqual([1, 0]);
  });

  it('what was over in the meantime is over, however the clock was set', async () => {
    bench.block(TARGET(1));
    bench.kill();
    bench.sleep(HOUR);
    bench.jump(-HOUR);
    await bench.launch();
    expect([bench.decisions('expired').length, bench.elements().size]).toEqual([1, 0]);
  });

  it('what waits is waited for as long as before', async () => {
    bench.see(LISTED);
    bench.kill();
    bench.jump(HOUR);
    await bench.launch();
    const [{ answerByMs }] = bench.decisions('provisional');
    expect(answerByMs).toBe(Date.now() + 15 * MINUTE);
  });

  it('is told once, and counts from then on', async () => {
    const { id } = bench.block(TARGET(1));
    bench.kill();
    bench.jump(HOUR);
    await bench.launch();
    await bench.restart();
    bench.jump(-2 * HOUR);
    await bench.restart();
    expect(bench.recorded('clock.jumped').map(({ body }) => body.byMs)).toEqual([HOUR, -2 * HOUR]);
    expect(left(id)).toBe(HOUR);
  });

  it('counts what the daemon itself has seen before it died', async () => {
    const { id } = bench.block(TARGET(1));
    bench.jump(HOUR);
    bench.pass(SECOND);
    bench.jump(HOUR);
    await bench.restart();
    expect(bench.recorded('clock.jumped').map(({ body }) => body.byMs)).toEqual([HOUR, HOUR]);
    expect(left(id)).toBe(HOUR - SECOND);
  });

  it('after a reboot, or where none would be noticed, the clock is all there is', async () => {
    for (const bootId of ['boot-2', null]) {
      bench.kill();
      bench.jump(HOUR);
      await bench.launch({ bootId });
    }
    expect(bench.recorded('clock.jumped')).toEqual([]);
    bench.see(VIOLATION);
    bench.kill();
    bench.deleteTable();
    bench.jump(20 * MINUTE);
    await bench.launch({ bootId: 'boot-3' });
    expect([...bench.elements().values()]).toEqual([40 * MINUTE]);
  });

  it('a clock that goes as time does is none that was set', async () => {
    bench.block(TARGET(1));
    await bench.restart();
    bench.kill();
    bench.sleep(10 * MINUTE);
    await bench.launch();
    expect([bench.recorded('clock.jumped'), bench.recorded('decision.rescheduled')]).toEqual([[], []]);
  });
});

type Happening =
  | { readonly what: 'block' | 'pass' | 'jump'; readonly minutes: number }
  | ({ readonly what: 'death' } & Death);
interface Death {
  readonly minutes: number;
  readonly jumpMinutes: number;
}

const minutes = (min: number, max: number) => fc.integer({ min, max });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ what: fc.constant('block' as const), minutes: minutes(2, 300) }),
  fc.record({ what: fc.constant('pass' as const), minutes: minutes(1, 120) }),
  fc.record({ what: fc.constant('jump' as const), minutes: minutes(-2_000, 2_000) }),
  fc.record({
    what: fc.constant('death' as const),
    minutes: minutes(0, 60),
    jumpMinutes: minutes(-2_000, 2_000),
  }),
);

describe('whatever the clock is set to, and whenever the daemon dies', () => {
  it('a block stands as long as it was to stand, in the kernel and in the ledger', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 15 }), async (happenings) => {
        using bench = await Bench.start();
        /** Of each block, on the clock that nobody sets. */
        const ends: number[] = [];
        for (const each of happenings) {
          if (each.what === 'death') await die(bench, each);
          else if (each.what === 'block') {
            bench.block(TARGET(ends.length + 1), each.minutes * MINUTE);
            ends.push(performance.now() + each.minutes * MINUTE);
          } else if (each.what === 'jump') {
            bench.jump(each.minutes * MINUTE);
            // Before anything else happens.
            bench.pass(SECOND);
          } else bench.pass(each.minutes * MINUTE);
          const wanted = ends.map((end) => end - performance.now()).filter((ms) => ms > 0);
          expect(lefts(bench)).toEqual({ ledger: sorted(wanted), kernel: sorted(wanted) });
        }
      }),
      { numRuns: 15 },
    );
  });
});

async function die(bench: Bench, { minutes, jumpMinutes }: Death): Promise<void> {
  bench.kill();
  bench.sleep(minutes * MINUTE);
  bench.jump(jumpMinutes * MINUTE);
  await bench.launch();
}

/** What blocks have left, ms. */
function lefts(bench: Bench) {
  const ledger = bench.decisions('active').map(({ expiresAtMs }) => (expiresAtMs ?? 0) - Date.now());
  return { ledger: sorted(ledger), kernel: sorted([...bench.elements().values()].map(Number)) };
}

function sorted(numbers: number[]): number[] {
  return numbers.map(Math.round).toSorted((a, b) => a - b);
}
