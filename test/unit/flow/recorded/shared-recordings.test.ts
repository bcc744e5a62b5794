/** Real captures, which are not part of the project: see the folder's README. Absent, these tests are skipped. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../../src/address/address.ts';
import { playBack } from '../../../../src/flow/recorded/playback.ts';
import { readRecordedFlows } from '../../../../src/flow/recorded/read.ts';
import { listed } from './recording.ts';

const FOLDER = join(import.meta.dirname, '../../../../../shared/data/flows');
const PRESENT = existsSync(FOLDER);
const FILES = PRESENT ? readdirSync(FOLDER).filter((name) => name.endsWith('.ndjson.gz')) : [];
if (!PRESENT) console.warn(`SKIPPED: no recorded captures in ${FOLDER}`);

describe.skipIf(!PRESENT)('recorded captures', () => {
  it('are all read, into one timeline of whole lives', async () => {
    const flows = await readRecordedFlows(FILES.map((name) => join(FOLDER, name)));
    expect(flows.length).toBeGreaterThan(38_000);
    let latestMs = 0;
    let started = 0;
    let ended = 0;
    let bytes = 0;
    const ours = new Set(['192.168.1.109', '147.32.83.234', '147.32.83.165']);
    playBack(
      flows,
      (address) => ours.has(formatAddress(address)),
      (change, atMs) => {
        expect(atMs).toBeGreaterThanOrEqual(latestMs);
        latestMs = atMs;
        bytes += change.bytesOut + change.bytesIn;
        if (change.kind === 'started') started++;
        if (change.kind === 'ended') ended++;
      },
    );
    expect([started, ended]).toEqual([flows.length, flows.length]);
    expect(bytes).toBe(listed(flows).reduce((sum, { bytesOut, bytesIn }) => sum + bytesOut + bytesIn, 0));
  });

  it('of a port scan are mostly refused or unanswered', async () => {
    const flows = listed(await readRecordedFlows([join(FOLDER, '002-nmap-portscan.ndjson.gz')]));
    const scan = flows.filter(({ label, protocol }) => label === 'malicious' && protocol === 6);
    const failed = scan.filter(({ outcome }) => outcome !== 'answered');
    expect(failed.length).toBeGreaterThan(scan.length * 0.9);
  });
});
