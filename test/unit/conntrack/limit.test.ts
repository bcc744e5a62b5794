import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conntrackLimit } from '../../../src/conntrack/limit.ts';

describe('conntrackLimit', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'penstock-limit-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['1048576\n', 1_048_576],
    ['0\n', 262_144],
    ['none', 262_144],
  ])('reads %j as %d', (text, limit) => {
    const file = join(folder, 'nf_conntrack_max');
    writeFileSync(file, text);
    expect(conntrackLimit(file)).toBe(limit);
  });

  it('takes the usual without connection tracking', () => {
    expect(conntrackLimit(join(folder, 'missing'))).toBe(262_144);
  });
});
