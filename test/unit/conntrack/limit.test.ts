import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conntrackCount, conntrackLimit, eventQueueBytes } from '../../../src/conntrack/limit.ts';

describe('limit of connections', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'penstock-limit-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['1048576\n', 1_048_576],
    ['0\n', 262_144],
    ['none', 262_144],
  ])('reads a limit of %j as %d', (text, limit) => {
    writeFileSync(join(folder, 'nf_conntrack_max'), text);
    expect(conntrackLimit(folder)).toBe(limit);
  });

  it('reads how many there are', () => {
    writeFileSync(join(folder, 'nf_conntrack_count'), '17\n');
    expect(conntrackCount(folder)).toBe(17);
  });

  it('takes the usual limit, and no connections, without connection tracking', () => {
    expect([conntrackLimit(folder), conntrackCount(folder)]).toEqual([262_144, 0]);
  });
});

describe('the queue of events', () => {
  it('has room for one of each connection that the machine may have', () => {
    expect(eventQueueBytes(65_536)).toBe(40 << 20);
    expect(eventQueueBytes(262_144)).toBe(160 << 20);
  });

  it('is bounded, however many those are', () => {
    expect(eventQueueBytes(1_024)).toBe(16 << 20);
    expect(eventQueueBytes(4_000_000)).toBe(192 << 20);
  });
});
