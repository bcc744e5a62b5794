/** Where reports are asked for: one at a time, each thread for itself. */
import { expect, it } from 'vitest';
import { ReportDesk } from '../../../../src/edges/report/desk.ts';
import type { ReportInput, TrafficHistory } from '../../../../src/edges/report/input.ts';
import type { EngineControl, Outcome } from '../../../../src/engine/commands.ts';
import { FROM, ReportScene, RULES, TO, USES } from './scene.ts';

const ok = <T>(result: T): Outcome<T> => ({ ok: true, result });
const refused = (message: string): Outcome<never> => ({ ok: false, refusal: { code: 'refused', message } });
const engine = { call: async () => ok(RULES), onNotice: () => () => {} } as unknown as EngineControl;
const ONE = { key: 'a', bytesOut: 1, bytesIn: 0, connections: 0, denied: 0 };

class FakeHistory implements TrafficHistory {
  readonly asked: object[] = [];
  series = async (question: object) => {
    this.asked.push(question);
    return ok({ points: [{ ...ONE, atMs: FROM }] });
  };
  top = async ({ by }: { by: string }) =>
    by === 'country' ? refused('no database is given') : ok({ items: [ONE], other: ONE });
  ruleUses = async () => ok(USES);
}

function desk(scene: ReportScene, more: object = {}) {
  const history = new FakeHistory();
  const made = new ReportDesk({
    ...{ engine, history, ledgerPath: scene.path, host: 'gateway', version: '9.9.9', now: () => TO },
    ...more,
  });
  return { history, desk: made };
}

const WEEK = { fromMs: FROM, toMs: TO };

it('makes a report in a thread of its own, once for all its forms', async () => {
  using scene = new ReportScene();
  const { desk: open, history } = desk(scene);
  const [report, html, csv] = await Promise.all([
    open.report(WEEK),
    open.html(WEEK),
    open.csv(WEEK, 'hosts'),
  ]);
  expect(report.ok && report.result.audit.sound).toBe(true);
  expect(report.ok && report.result.gaps).toEqual(['traffic by country: no database is given']);
  expect(html.ok && html.result).toContain('<h1>Penstock report</h1>');
  expect(csv.ok && csv.result.split('\r\n')[1]).toBe('"a",,1,0,0,0');
  // The hour that begins when the time ends is not part of it.
  expect(history.asked).toEqual([{ fromMs: FROM, toMs: TO - 1, step: 'hour' }]);
});

it('refuses times that are none, and more at once than it can make', async () => {
  using scene = new ReportScene();
  const { promise, resolve } = Promise.withResolvers<void>();
  const inputs: ReportInput[] = [];
  const make = async (input: ReportInput) => {
    inputs.push(input);
    await promise;
    return scene.report();
  };
  const { desk: open } = desk(scene, { make });
  for (const period of [
    { fromMs: TO, toMs: FROM },
    { fromMs: TO, toMs: TO },
    { fromMs: 0, toMs: 9e14 },
  ])
    expect(await open.report(period)).toMatchObject({ ok: false, refusal: { code: 'refused' } });
  const asked = [1, 2, 3, 4].map((hour) => open.report({ ...WEEK, fromMs: FROM + hour }));
  expect(await open.report(WEEK)).toMatchObject({ ok: false, refusal: { code: 'failed' } });
  resolve();
  expect((await Promise.all(asked)).every((outcome) => outcome.ok)).toBe(true);
  expect(inputs).toHaveLength(4);
});

it('says that a report could not be made, and makes the next one', async () => {
  using scene = new ReportScene();
  const { desk: broken } = desk(scene, { ledgerPath: '/nowhere/ledger.db' });
  expect(await broken.report(WEEK)).toMatchObject({
    ok: false,
    refusal: { code: 'failed', message: expect.stringMatching(/could not be made/) },
  });
  expect(await broken.report(WEEK)).toMatchObject({ ok: false });
});
