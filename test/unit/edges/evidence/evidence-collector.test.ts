import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EvidenceCollector } from '../../../../src/edges/evidence/evidence-collector.ts';
import { EvidenceShelf } from '../../../../src/edges/evidence/evidence-shelf.ts';
import type { CatchOrder, PacketSource } from '../../../../src/edges/evidence/packet-source.ts';
import { openBundle } from '../../../../src/evidence/bundle.ts';
import type { Incident } from '../../../../src/incident/incident.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { Ledger } from '../../../../src/ledger/ledger.ts';
import { type EvidenceSettings, evidenceField } from '../../../../src/policy/schema/evidence.ts';
import { evidenceView, flow, NOON } from '../../engine/evidence/sample-view.ts';
import { FakeEngine } from '../api/fake-engine.ts';
import { decision, incident } from '../api/samples.ts';

const AFTER_MS = 60_000;
const DENY = { kind: 'deny', cause: 'policyViolation' } as const;

describe('the collector of evidence', () => {
  let folder: string;
  let ledger: Ledger;
  let engine: FakeEngine;
  let collector: EvidenceCollector;
  let settings: EvidenceSettings;
  let armed: CatchOrder[];
  let warnings: string[];
  let packets: PacketSource;

  beforeEach(() => {
    vi.useFakeTimers({
      now: NOON,
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
    });
    folder = mkdtempSync(join(tmpdir(), 'penstock-collector-'));
    ledger = Ledger.open(join(folder, 'ledger.db'));
    [armed, warnings] = [[], []];
    settings = evidenceField.parse({});
    engine = new FakeEngine();
    engine.answer('evidenceSettings', () => ({ settings }));
    engine.answer('evidence', ({ fromMs }) =>
      evidenceView([['started', flow({ hostPort: fromMs < NOON ? 1 : 2 }), DENY, fromMs]]),
    );
    engine.answer('record', ({ entries }) => ({
      seq: ledger.append(entries, { sync: false }).at(-1)?.seq ?? 0,
    }));
    packets = {
      arm: (order) => void armed.push(order),
      take: () => ({
        packets: [{ atMs: NOON, originalBytes: 60, data: new Uint8Array(40).fill(0x45) }],
        missed: 2,
      }),
    };
  });

  afterEach(async () => {
    await collector.stop();
    vi.useRealTimers();
    ledger.close();
    rmSync(folder, { recursive: true });
  });

  const start = async () => {
    const parts = {
      engine,
      ledger: ledger.queries,
      shelf: new EvidenceShelf(join(folder, 'evidence')),
      packets,
    };
    const log = { warn: (message: string) => void warnings.push(message) };
    collector = new EvidenceCollector({ ...parts, gateway: 'gw', version: '9.9.9', now: Date.now, log });
    await collector.start();
    await collector.settled();
  };

  const write = async (...drafts: EntryDraft[]) => {
    ledger.append(drafts, { sync: false });
    collector.wake();
    await collector.settled();
  };

  const opened = (number: number, changes: Partial<Incident> = {}): EntryDraft => ({
    type: 'incident.opened',
    actor: 'penstock',
    body: { incident: incident(number, { severity: 'high', raisedAtMs: NOON, ...changes }) },
  });

  const windowOver = async () => {
    await vi.advanceTimersByTimeAsync(AFTER_MS);
    await collector.settled();
  };

  const bundleOf = (id: string) => {
    const { files, manifest } = openBundle(readFileSync(join(folder, 'evidence', `${id}.tar`)));
    const read = (name: string) => files.find((file) => file.name === name)?.content;
    const json = (name: string) => JSON.parse(String(Buffer.from(read(name) ?? [])));
    return { manifest, names: files.map(({ name }) => name), json, read };
  };

  const recorded = (type: string) => ledger.queries.entries({ type, limit: 100 });

  it('keeps what was before, what was decided and what came after, and records its hashes', async () => {
    await start();
    await write(opened(1));
    expect(collector.counts).toMatchObject({ collecting: 1, sealed: 0 });
    expect(collector.isCollecting('I1')).toBe(true);
    await write({ type: 'decision.proposed', actor: 'penstock', body: { decision: decision(7) } });
    await windowOver();
    const { manifest, names, json } = bundleOf('I1');
    expect(names).toEqual([
      'incident.json',
      'flows.json',
      'decisions.json',
      'profile.json',
      'policy.json',
      'kernel.json',
    ]);
    const { before, after } = json('flows.json');
    expect([before[0].hostPort, after[0].hostPort, before[0].verdict]).toEqual([1, 2, 'deny']);
    expect(json('decisions.json').map(({ type }: EntryDraft) => type)).toEqual([
      'incident.opened',
      'decision.proposed',
    ]);
    expect(json('profile.json').host).toBe('10.1.0.10');
    expect(manifest).toMatchObject({
      ...{ incident: 'I1', gateway: 'gw', packets: null, incomplete: [] },
      ledger: { seq: 2 },
      window: { fromMs: NOON - 300_000, incidentMs: NOON },
    });
    const [sealed] = recorded('evidence.sealed');
    expect(sealed).toMatchObject({ subject: 'I1', body: { bundle: 'I1.tar', ledger: manifest.ledger } });
    expect(collector.counts).toMatchObject({ collecting: 0, sealed: 1, bundles: 1 });
  });

  it('leaves out what the policy does not want', async () => {
    await start();
    await write(opened(1, { severity: 'medium' }));
    settings = evidenceField.parse({ incidents: 'none' });
    await write(opened(2, { severity: 'critical' }));
    expect(collector.counts.collecting).toBe(0);
  });

  it('begins when the severity rises, and once an incident', async () => {
    await start();
    await write(opened(1, { severity: 'low' }));
    const risen = incident(1, { severity: 'critical', raisedAtMs: NOON });
    const escalated: EntryDraft = {
      type: 'incident.escalated',
      actor: 'penstock',
      body: { incident: risen, from: 'low' },
    };
    await write(escalated, escalated);
    await windowOver();
    await write(escalated);
    expect(collector.counts).toMatchObject({ collecting: 0, sealed: 1 });
  });

  it('has packets where the policy asks for them, within its limits', async () => {
    settings = evidenceField.parse({ packets: { enabled: true, snaplen: 64 } });
    await start();
    await write(opened(1));
    expect(armed).toMatchObject([
      { incident: 'I1', host: '10.1.0.10', forMs: AFTER_MS, limits: { snaplen: 64 } },
    ]);
    await windowOver();
    const { manifest, read } = bundleOf('I1');
    expect(manifest.packets).toEqual({ kept: 1, missed: 2 });
    expect(read('packets.pcapng')?.length).toBeGreaterThan(100);
  });

  it('says in the bundle what is not in it', async () => {
    settings = evidenceField.parse({ packets: { enabled: true } });
    packets = { arm: () => 'no room', take: () => ({ packets: [], missed: 0 }) };
    engine.answer('evidence', () => evidenceView([], { truncated: true, forgottenBeforeMs: NOON }));
    await start();
    await write(opened(1));
    await windowOver();
    expect(bundleOf('I1').manifest.incomplete).toEqual([
      'no packets were caught: no room',
      ...[
        'more flows were seen than are told',
        'flows seen before 2026-10-05T12:00:00.000Z were forgotten: too many came',
      ],
      ...[
        'more flows were seen than are told',
        'flows seen before 2026-10-05T12:00:00.000Z were forgotten: too many came',
      ],
    ]);
  });

  it('goes on when the disk does not take it, and tells', async () => {
    await start();
    writeFileSync(join(folder, 'evidence'), 'a file where the folder should be');
    await write(opened(1));
    await windowOver();
    expect(recorded('evidence.failed')).toMatchObject([
      { subject: 'I1', body: { reason: expect.stringContaining('EEXIST') } },
    ]);
    expect(warnings.join()).toContain('no evidence of I1 is kept');
    expect(collector.counts).toMatchObject({ collecting: 0, failed: 1 });
    chmodSync(join(folder, 'evidence'), 0o600);
    rmSync(join(folder, 'evidence'));
    await write(opened(2));
    await windowOver();
    expect(readdirSync(join(folder, 'evidence'))).toEqual(['I2.tar']);
  });

  it('keeps nothing that the ledger does not take', async () => {
    await start();
    await write(opened(1));
    engine.refuse('record', { code: 'failed', message: 'the ledger is full' });
    await windowOver();
    expect(readdirSync(join(folder, 'evidence'))).toEqual([]);
    expect(warnings.join()).toContain('the ledger is full');
  });

  it('tells that it failed once the ledger takes entries again', async () => {
    await start();
    writeFileSync(join(folder, 'evidence'), 'a file where the folder should be');
    await write(opened(1), opened(2));
    engine.answer('record', () => {
      throw new Error('the ledger is full');
    });
    await windowOver();
    expect([recorded('evidence.failed'), collector.counts.failed]).toEqual([[], 2]);
    engine.answer('record', ({ entries }) => ({
      seq: ledger.append(entries, { sync: false }).at(-1)?.seq ?? 0,
    }));
    await write(opened(3, { severity: 'low' }));
    expect(recorded('evidence.failed').map(({ subject }) => subject)).toEqual(['I1', 'I2']);
  });

  it('takes some of a flood, and tells of the rest', async () => {
    await start();
    await write(...Array.from({ length: 66 }, (_, i) => opened(i + 1)));
    expect(collector.counts).toMatchObject({ collecting: 64, failed: 2 });
    expect(recorded('evidence.failed').map(({ subject }) => subject)).toEqual(['I65', 'I66']);
  });

  it('seals at once what is open when the daemon stops', async () => {
    await start();
    await write(opened(1));
    await collector.stop();
    expect(readdirSync(join(folder, 'evidence'))).toEqual(['I1.tar']);
  });

  it('begins again what a daemon that died had begun, and leaves what was done', async () => {
    ledger.append([opened(1), opened(2)], { sync: false });
    const failed: EntryDraft = {
      type: 'evidence.failed',
      actor: 'penstock',
      body: { incidentId: 'I2', reason: 'x' },
    };
    ledger.append([failed], { sync: false });
    await start();
    expect([collector.isCollecting('I1'), collector.isCollecting('I2')]).toEqual([true, false]);
  });

  it('deletes the oldest when there is no room for all, and records it', async () => {
    settings = evidenceField.parse({ retention: { maxTotal: '25kB' } });
    await start();
    for (const number of [1, 2]) {
      await write(opened(number));
      await windowOver();
    }
    expect(readdirSync(join(folder, 'evidence'))).toEqual(['I2.tar']);
    expect(recorded('evidence.deleted')).toMatchObject([{ subject: 'I1', body: { bundle: 'I1.tar' } }]);
    expect(collector.counts).toMatchObject({ deleted: 1, bundles: 1 });
  });
});
