/** States to a real Alertmanager, read back through its API; and to a server that only listens. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Decision } from '../../../../../src/decision/decision.ts';
import {
  type AlertmanagerSettings,
  AlertmanagerSink,
} from '../../../../../src/edges/alerts/alertmanager/alertmanager-sink.ts';
import type { LedgerView } from '../../../../../src/edges/alerts/alertmanager/conditions.ts';
import { testDispatch } from '../../../../../src/edges/alerts/dispatch.ts';
import type { Incident } from '../../../../../src/incident/incident.ts';
import { until } from '../../../../network/waiting.ts';
import { anomaly, decision, incident, opened } from '../../../ledger/samples.ts';
import { dispatch, OBSERVER } from '../entries.ts';
import { Receiver, status } from '../receiver.ts';
import { Alertmanager, freePort } from './alertmanager.ts';

vi.setConfig({ testTimeout: 60_000 });
const never = new AbortController().signal;
const alert = dispatch(opened(1));

/** What is open and what waits, as a test says. */
class View implements LedgerView {
  open: Incident[] = [];
  waiting: Decision[] = [];
  incidents = () => this.open;
  decisions = ({ state }: { state?: string }) => this.waiting.filter((one) => one.state === state);
}

function sink(view: View, urls: string[], changes: Partial<AlertmanagerSettings> = {}): AlertmanagerSink {
  const sender = { hostname: 'gateway', publicUrl: 'https://penstock.example' };
  const settings = { name: 'am', urls, sender, minSeverity: 'low', resendMs: 60_000, lookMs: 20 } as const;
  const made = new AlertmanagerSink({ ...settings, ...changes });
  onTestFinished(async () => void (await made.close()));
  made.attach(view);
  return made;
}

const pending = (number: number) =>
  decision(number, {
    state: 'pending',
    target: { kind: 'host', host: '10.1.0.10', allowTo: [] },
    createdAtMs: Date.now() - 1_000,
    answerByMs: Date.now() + 600_000,
  });

test('a real Alertmanager shows what holds, until it holds no more', async () => {
  const manager = await Alertmanager.start();
  const view = new View();
  view.open = [anomaly(1, { firstSeenMs: Date.now() - 60_000 }), incident(2, { destination: 'évil "x"\n' })];
  view.waiting = [pending(1)];
  const made = sink(view, [`${manager.url}/`]);
  await made.deliver([alert, alert], never);

  const shown = await manager.alerts();
  expect(shown.map(({ labels }) => labels.alertname).toSorted()).toEqual([
    'PenstockApprovalWaiting',
    'PenstockIncident',
    'PenstockIncident',
  ]);
  const beacon = shown.find(({ labels }) => labels.incident === 'I1' && labels.detector === 'beacon');
  expect(beacon).toMatchObject({
    labels: {
      severity: 'high',
      host: '10.1.0.10',
      gateway: 'gateway',
      destination: '198.51.100.66',
      service: 'tcp/443',
    },
    annotations: { summary: 'I1: Calls at regular times, like malware its controller (10.1.0.10)' },
    startsAt: new Date(view.open[0].firstSeenMs).toISOString(),
    generatorURL: 'https://penstock.example/incidents/I1',
  });
  expect(Date.parse(beacon?.endsAt ?? '')).toBeGreaterThan(Date.now() + 180_000);
  const question = shown.find(({ labels }) => labels.decision === 'D1');
  expect(question?.annotations.description).toContain('penstock approve D1');

  // Its severity rises, another is closed, the question is answered.
  view.open = [{ ...view.open[0], severity: 'critical' }];
  view.waiting = [];
  await until('only what holds is shown', async () => {
    const now = await manager.alerts();
    return now.length === 1 && now[0].labels.severity === 'critical';
  });
  view.open = [];
  await until('nothing is shown', async () => (await manager.alerts()).length === 0);
});

test('one that was away is told all when it is back; the other was told meanwhile', async () => {
  const manager = await Alertmanager.start();
  const away = await freePort();
  const view = new View();
  view.open = [incident(1, { firstSeenMs: Date.now() })];
  const made = sink(view, [`http://127.0.0.1:${away}`, manager.url], { resendMs: 300 });
  await made.deliver([alert], never);
  expect(await manager.alerts()).toHaveLength(1);
  const back = await Alertmanager.start(away);
  await until('it is told', async () => (await back.alerts()).length === 1);
});

test('what holds is told again and again, and no more than it must be', async () => {
  const receiver = await Receiver.start(status(200));
  const view = new View();
  const made = sink(view, [receiver.url.replace(/\/alerts.*/, '')], { resendMs: 200 });
  view.open = [incident(1, { firstSeenMs: Date.now() })];
  await until('three rounds', () => receiver.received.length >= 3);
  view.open = [];
  const over = () => (JSON.parse(receiver.received.at(-1)?.body ?? '[]') as { endsAt: string }[])[0];
  await until('it is told to be over', () => Date.parse(over().endsAt) <= Date.now());
  await made.close();
  const rounds = receiver.received.length;
  expect(rounds).toBeLessThan(60);
  for (const { body } of receiver.received) expect(JSON.parse(body)).toHaveLength(1);
});

test('when no server takes it, the alert is tried again', async () => {
  const down = await Receiver.start(status(503));
  const view = new View();
  view.open = [incident(1)];
  const made = sink(view, [down.url.replace(/\/alerts.*/, ''), 'http://127.0.0.1:1'], { lookMs: 100_000 });
  await expect(made.deliver([alert], never)).rejects.toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED' });
});

test('a test alert is shown for a minute, and nothing but it is sent', async () => {
  const manager = await Alertmanager.start();
  const made = sink(new View(), [manager.url]);
  await made.deliver([testDispatch('am', 'duty', Date.now(), OBSERVER)], never);
  expect(await manager.alerts()).toMatchObject([
    { labels: { alertname: 'PenstockTest', gateway: 'gateway' } },
  ]);
});

test('less than the least severity is not told', async () => {
  const receiver = await Receiver.start(status(200));
  const view = new View();
  view.open = [incident(1, { severity: 'medium' }), incident(2, { severity: 'critical' })];
  view.waiting = [pending(1)];
  const made = sink(view, [receiver.url.replace(/\/alerts.*/, '')], { minSeverity: 'critical' });
  await made.deliver([alert], never);
  const [{ body }] = receiver.received;
  expect(JSON.parse(body)).toMatchObject([{ labels: { incident: 'I2' } }]);
  expect(JSON.parse(body)).toHaveLength(1);
});
