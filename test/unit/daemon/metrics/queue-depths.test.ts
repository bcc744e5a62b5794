import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queueDepths } from '../../../../src/daemon/metrics/queue-depths.ts';

const TABLE = `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
0000000000000000 12  2846130000 00000007 4352     0        0     2        17       9001
0000000000000000 12  1          00000000 0        0        0     2        0        9002
`;

describe('how full the queues are', () => {
  let proc: string;

  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'penstock-proc-'));
    mkdirSync(join(proc, 'net'));
    mkdirSync(join(proc, 'self/fd'), { recursive: true });
    writeFileSync(join(proc, 'net/netlink'), TABLE);
    symlinkSync('socket:[9001]', join(proc, 'self/fd/5'));
    symlinkSync('/dev/null', join(proc, 'self/fd/6'));
  });

  afterEach(() => rmSync(proc, { recursive: true }));

  it('is found by the inode of each descriptor', () => {
    expect(queueDepths({ conntrack: 5 }, proc)).toEqual([{ queue: 'conntrack', bytes: 4_352, drops: 17 }]);
  });

  it('leaves out what is closed, or no netlink socket', () => {
    expect(queueDepths({ gone: 7, file: 6, conntrack: 5 }, proc)).toHaveLength(1);
  });

  it('is nothing where /proc is not there', () => {
    expect(queueDepths({ conntrack: 5 }, join(proc, 'none'))).toEqual([]);
  });

  it('reads the real /proc', () => {
    expect(queueDepths({ stdin: 0 })).toEqual([]);
  });
});
