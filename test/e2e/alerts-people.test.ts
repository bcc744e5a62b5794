/**
 * What people are told, with the real daemon, a real mail server and a real Alertmanager: one message for an incident
 * and its question, an escalation when nobody answers, the same over kill -9, and silence once it is answered.
 */

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../network/waiting.ts';
import { Alertmanager } from '../unit/edges/alerts/alertmanager/alertmanager.ts';
import { SmtpServer } from '../unit/edges/alerts/email/smtp-server.ts';
import { problemsIn } from '../unit/edges/alerts/stix/validator.ts';
import { denyList, policyText } from './policy-text.ts';
import { Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const [HTTP, SMTP, MANAGER] = [9_101, 9_102, 9_103];
const PATIENCE = { timeoutMs: 30_000 };
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const action = { detector: 'denyList', action: 'block', target: 'flow', ttl: '1h', approval: 'required' };

/** What was posted, by path; each path is a service. */
class Services {
  readonly posted: { path: string; headers: IncomingHttpHeaders; body: string }[] = [];

  static async open(): Promise<Services> {
    const services = new Services();
    const server = createServer(async (request, response) => {
      services.posted.push({ path: request.url ?? '', headers: request.headers, body: await text(request) });
      response.writeHead(200).end('ok');
    });
    server.listen(HTTP, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return services;
  }

  to(service: string): string[] {
    return this.posted.filter(({ path }) => path === `/${service}`).map(({ body }) => body);
  }
}

function configuration(): string {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const service of ['slack', 'mattermost'])
    writeFileSync(join(folder, `${service}.url`), `http://127.0.0.1:${HTTP}/${service}\n`);
  writeFileSync(join(folder, 'signing'), SECRET);
  const decided = ['incident.*', 'decision.*'];
  const sinks = [
    { type: 'slack', urlFile: 'slack.url', events: decided, group: { window: '2s' } },
    { type: 'mattermost', name: 'manager', urlFile: 'mattermost.url', events: ['alert.escalated'] },
    { type: 'webhook', url: `http://127.0.0.1:${HTTP}/hook`, signingSecretFile: 'signing', events: decided },
    { type: 'alertmanager', urls: [`http://127.0.0.1:${MANAGER}`], resend: '2s' },
    {
      ...{ type: 'email', server: `127.0.0.1:${SMTP}`, tls: 'none', from: 'penstock@gateway.example' },
      ...{ to: ['ops@site.example'], events: decided },
    },
  ];
  const alerts = {
    publicUrl: 'https://penstock.example/',
    sinks,
    escalation: [{ after: '1s', sinks: ['manager'] }],
  };
  const path = join(folder, 'penstock.yaml');
  writeFileSync(path, JSON.stringify({ alerts }));
  return path;
}

test('people are told once, told again when nobody answers, and no more when somebody has', {
  timeout: 120_000,
}, async () => {
  const policy = policyText('people', { ...denyList(['198.51.100.64/28']), actions: [action] });
  await using site = await Site.open('people', { policy, flags: ['--config', configuration()] });
  const services = await Services.open();
  const [mail, manager] = await Promise.all([
    SmtpServer.start('none', '--port', String(SMTP)),
    Alertmanager.start(MANAGER),
  ]);
  using _talk = await Talk.attempt(site.network, {
    ...{ from: 'laptop', to: 'stranger', address: stranger(64, 4), family: 4, transport: 'udp' },
  });
  const { id } = await site.decision(({ state }) => state === 'pending');

  // One message for both, with the way to answer.
  const message = await until('Slack', () => services.to('slack')[0]);
  expect(message).toContain(`https://penstock.example/approvals#${id}`);
  expect(message).toContain('On deny list known-c2');
  const letter = await mail.letter();
  expect(letter.parts['text/plain']).toContain(`penstock approve ${id}`);
  expect(letter.parts['text/plain']).toContain('On deny list known-c2');
  expect(services.posted.filter(({ path }) => path === '/hook')[0].headers).toMatchObject({
    'webhook-id': expect.stringMatching(/^[0-9a-f]{64}$/),
    'webhook-signature': expect.stringMatching(/^v1,/),
  });
  const shown = async () => (await manager.alerts()).map(({ labels }) => labels.alertname).toSorted();
  await until('Alertmanager', async () => (await shown()).length === 2);
  expect(await shown()).toEqual(['PenstockApprovalWaiting', 'PenstockIncident']);

  // And for others, the incident as STIX.
  const { id: incident } = await site.incident(({ state }) => state === 'open');
  const file = join(site.daemon.stateDir, 'incident.json');
  const exported = site.daemon.cli('incidents', incident, '--stix', file);
  expect(exported).toMatchObject({ status: 0, stdout: `${incident} is in ${file}: 15 objects\n` });
  expect(problemsIn(JSON.parse(readFileSync(file, 'utf8')))).toEqual([]);

  // Nobody answers; the daemon is killed and goes on.
  const escalations = () => services.to('mattermost');
  await until('the escalation', () => escalations().length > 0, PATIENCE);
  expect(escalations()[0]).toContain(`Nobody has answered ${id} for 1s`);
  await site.daemon.stop('SIGKILL');
  await site.daemon.start();

  const approved = await site.daemon.call('POST', `/v1/decisions/${id}/approve`, { reason: 'seen' });
  expect(approved.status).toBe(200);
  await until('the answer in Slack', () => services.to('slack').at(-1)?.includes(`approved ${id}`), PATIENCE);
  await until(
    'the question is over',
    async () => !(await shown()).includes('PenstockApprovalWaiting'),
    PATIENCE,
  );
  const told = await site.entries('alert.escalated');
  expect(told.map(({ body }) => body)).toMatchObject([{ step: 1, sinks: ['manager'], waiting: { id } }]);
  // What was on its way when the daemon was killed may come once more, but nothing else does.
  expect(new Set(escalations()).size).toBe(1);
  const asked = services.to('slack').filter((body) => body.includes(`/approvals#${id}`));
  expect(asked).toHaveLength(1);
});
