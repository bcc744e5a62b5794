import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { interfaceBytes } from '../../../src/engine/interface-bytes.ts';

const TEXT = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 1000 10    0    0    0     0          0         0    1000       10    0    0    0     0       0          0
eth0.7:200000000000 3 0 0 0 0 0 0 40000 5 0 0 0 0 0 0
`;

it('adds what all interfaces received and sent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-interfaces-'));
  try {
    writeFileSync(join(folder, 'dev'), TEXT);
    expect(interfaceBytes(join(folder, 'dev'))).toBe(200_000_000_000 + 42_000);
    expect(interfaceBytes()).toBeGreaterThanOrEqual(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
