/** Evidence of a real violation: a sealed bundle with the packets of it, fetched, verified, tampered with, kept and deleted. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBundle, sealBundle } from '../../src/evidence/bundle.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { until } from '../network/waiting.ts';
import { expressions, familiesIn, familiesOf } from '../unit/daemon/metrics/monitoring.ts';
import { BLOCK, policyText } from './policy-text.ts';
import { LAPTOP, PRINTER, SCANNER, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const WATCHED = stranger(60, 4);
const DROPPED = stranger(61, 4);
const TALKED_TO = stranger(62, 4);

/** In mode enforce what no rule allows is dropped, and its first packets are told. */
function policy(evidence: object, mode: 'enforce' | 'respond' = 'enforce'): string {
  const actions = [{ detector: 'policyViolation', target: 'flow', ...BLOCK }];
  const document = JSON.parse(policyText('evidence', { mode, actions }));
  document.spec.evidence = evidence;
  return JSON.stringify(document);
}

const KEPT = { incidents: 'medium', window: { after: '3s' }, packets: { enabled: true, perIncident: 20 } };

let site: Site;
let incident: Incident;

beforeAll(async () => {
  site = await Site.open('evidence', { policy: policy(KEPT) });
});
afterAll(() => site?.[Symbol.asyncDispose]());

/** The command holds this thread up: what came for its sockets meanwhile is seen before the next call. */
async function cli(...args: string[]) {
  const answer = site.daemon.cli(...args);
  await turn();
  return answer;
}

/** Three attempts, of which each is dropped; TCP says the same once more after a second. */
async function violate(from: string, address: string): Promise<void> {
  for (const port of [7_001, 7_002, 7_003])
    await site.network.runAsync(from, 'socat', [
      '-u',
      '/dev/null',
      `TCP4:${address}:${port},connect-timeout=0.3`,
    ]);
}

const evidenceOf = async (id: string) => (await site.daemon.call('GET', `/v1/incidents/${id}/evidence`)).body;
const sealedOf = (id: string) =>
  until(`evidence of ${id}`, async () => {
    const found = await evidenceOf(id);
    return found.state === 'sealed' ? found : undefined;
  });

const bundlePath = (id: string) => join(site.daemon.stateDir, 'evidence', `${id}.tar`);

describe('evidence', () => {
  test('of a violation is one bundle with the packets of it, which tshark reads', async () => {
    await violate('laptop', WATCHED);
    incident = await site.incident(({ destination }) => destination === WATCHED);
    expect((await evidenceOf(incident.id)).state).toBe('collecting');
    expect(capture()).toContain(`${LAPTOP[4]} . ${WATCHED}`);
    await violate('laptop', WATCHED);
    const sealed = await sealedOf(incident.id);
    const { files, manifest } = openBundle(readFileSync(bundlePath(incident.id)));
    expect(manifest).toMatchObject({ incident: incident.id, ledger: sealed.bundle.ledger, incomplete: [] });
    const json = (name: string) =>
      JSON.parse(String(Buffer.from(files.find((file) => file.name === name)?.content ?? [])));
    expect(json('flows.json').before).toContainEqual(
      expect.objectContaining({
        sighting: 'refused',
        host: LAPTOP[4],
        destination: WATCHED,
        verdict: 'deny',
      }),
    );
    expect(json('decisions.json')[0]).toMatchObject({ type: 'incident.opened', subject: incident.id });
    expect(json('policy.json').digest).toBe((await site.daemon.call('GET', '/v1/status')).body.policy.digest);
    const packets = packetsOf(
      Buffer.from(files.find(({ name }) => name === 'packets.pcapng')?.content ?? []),
    );
    // From before there was an incident, and from after.
    expect(packets.length).toBeGreaterThan(3);
    for (const { source, destination } of packets)
      expect([source, destination]).toEqual([LAPTOP[4], WATCHED]);
    expect(new Set(packets.map(({ port }) => port))).toEqual(new Set([7_001, 7_002, 7_003]));
    const [first] = packets;
    expect(Math.abs((first?.atMs ?? 0) - incident.firstSeenMs)).toBeLessThan(2_000);
  });

  test('leaves nothing in the kernel once it is sealed', () => {
    expect(capture()).toBe('');
  });

  test('is fetched and verified by the command; who fetched it is in the ledger', async () => {
    const file = join(site.daemon.stateDir, 'case.tar');
    expect((await cli('evidence', 'list')).stdout).toContain(incident.id);
    expect(await cli('evidence', 'get', incident.id, '--output', file)).toMatchObject({ status: 0 });
    expect(readFileSync(file)).toEqual(readFileSync(bundlePath(incident.id)));
    expect(await site.entries('evidence.read')).toMatchObject([{ subject: incident.id }]);
    expect(await cli('evidence', 'verify', file)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('the ledger agrees'),
    });
    expect(await cli('evidence', 'verify', incident.id)).toMatchObject({ status: 0 });
    expect((await cli('evidence', 'verify', file, '--offline')).stdout).toContain('the ledger was not asked');
    expect(await cli('evidence', 'get', '../../etc/passwd')).toMatchObject({ status: 2 });
    expect((await site.daemon.call('GET', '/v1/incidents/..%2F..%2Fx/evidence/bundle')).status).toBe(404);
    expect((await site.daemon.call('GET', '/v1/incidents/I999/evidence')).status).toBe(404);
  });

  test('of which one byte was changed is found out, and so is one that was sealed anew', async () => {
    const file = join(site.daemon.stateDir, 'tampered.tar');
    const bytes = readFileSync(bundlePath(incident.id));
    const changed = Buffer.from(bytes);
    changed[changed.indexOf(`"host": "${LAPTOP[4]}"`) + 9] ^= 1;
    writeFileSync(file, changed);
    expect(await cli('evidence', 'verify', file, '--offline')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('NOT SOUND'),
    });
    // A bundle that says all that it should, and that nobody recorded.
    const forged = openBundle(bytes);
    const other = sealAgain(forged);
    writeFileSync(file, other);
    expect(await cli('evidence', 'verify', file, '--offline')).toMatchObject({ status: 0 });
    expect(await cli('evidence', 'verify', file)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('the ledger has another'),
    });
  });

  test('has no token in it', () => {
    const tar = readFileSync(bundlePath(incident.id)).toString('latin1');
    expect(tar).not.toContain(site.daemon.token);
    expect(tar).not.toMatch(/pst_[A-Za-z0-9_-]{20}/);
  });

  test('goes when it is too old, and the ledger says so', async () => {
    await site.apply(policy({ ...KEPT, window: { after: '1s' }, retention: { maxAge: '2s' } }));
    await violate('printer', DROPPED);
    const second = await site.incident(({ host }) => host === PRINTER[4]);
    await sealedOf(second.id);
    await until('the first bundle to be gone', () => !existsSync(bundlePath(incident.id)));
    expect(await site.entries('evidence.deleted')).toMatchObject([{ subject: incident.id }]);
    expect(await evidenceOf(incident.id)).toMatchObject({ state: 'deleted', reason: 'kept for its time' });
    expect(readdirSync(join(site.daemon.stateDir, 'evidence'))).toEqual([`${second.id}.tar`]);
  });

  test('in mode respond has the packets that came after the block: those that it dropped', async () => {
    await site.apply(policy({ ...KEPT, window: { after: '2s' } }, 'respond'));
    const route = { from: 'scanner', to: 'stranger', address: TALKED_TO, family: 4 } as const;
    using talk = await Talk.attempt(site.network, { ...route, transport: 'udp', port: 7_004 });
    const talked = await site.incident(({ destination }) => destination === TALKED_TO);
    await site.decision(({ incident: id }) => id === talked.id);
    const lastHeardAtMs = await talk.falls();
    await sealedOf(talked.id);
    const { files } = openBundle(readFileSync(bundlePath(talked.id)));
    const packets = packetsOf(
      Buffer.from(files.find(({ name }) => name === 'packets.pcapng')?.content ?? []),
      'udp',
    );
    expect(packets.filter(({ atMs }) => atMs > lastHeardAtMs).length).toBeGreaterThan(3);
    const ends = packets.map(({ source, destination }) => [source, destination].sort().join());
    expect(new Set(ends)).toEqual(new Set([[SCANNER[4], TALKED_TO].sort().join()]));
  });

  test('is counted, and the dashboard and alert rules name only what this daemon tells', async () => {
    const scrape: string = (await site.daemon.call('GET', '/metrics')).body;
    expect(scrape).toContain('\npenstock_evidence_sealed_total 3\n');
    expect(scrape).toContain('\npenstock_evidence_deleted_total 1\n');
    const known = familiesOf(scrape);
    expect([...familiesIn(expressions())].filter((name) => !known.has(name))).toEqual([]);
    const checked = execFileSync('promtool', ['check', 'metrics'], { input: scrape, encoding: 'utf8' });
    expect(checked).toBe('');
    const verified = await cli('audit', 'verify');
    expect(verified.stdout).toContain('sound');
  });
});

/** What is being caught now, as nft lists it; nothing when the table is not there. */
function capture(): string {
  const namespace = site.network.namespace('gateway');
  const tables = ['netns', 'exec', namespace, 'nft', 'list', 'tables'];
  if (!execFileSync('ip', tables, { encoding: 'utf8' }).includes('penstock_capture')) return '';
  const table = ['netns', 'exec', namespace, 'nft', 'list', 'table', 'inet', 'penstock_capture'];
  return execFileSync('ip', table, { encoding: 'utf8' });
}

function packetsOf(pcapng: Buffer, transport: 'tcp' | 'udp' = 'tcp') {
  const file = join(site.daemon.stateDir, 'packets.pcapng');
  writeFileSync(file, pcapng);
  const fields = ['frame.time_epoch', 'ip.src', 'ip.dst', `${transport}.dstport`].flatMap((field) => [
    '-e',
    field,
  ]);
  const text = execFileSync('tshark', ['-r', file, '-T', 'fields', ...fields], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [time, source, destination, port] = line.split('\t');
      return { atMs: Number(time) * 1_000, source, destination, port: Number(port) };
    });
}

function sealAgain({ manifest, files }: ReturnType<typeof openBundle>): Uint8Array {
  const { format: _, files: __, ...facts } = manifest;
  return sealBundle({ ...facts, incomplete: ['nothing'] }, files).bytes;
}
