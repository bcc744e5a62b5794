import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConntrackPreparationError } from '../../../src/conntrack/errors.ts';
import { prepareConntrack } from '../../../src/conntrack/preparation.ts';

const NAMES = ['nf_conntrack_acct', 'nf_conntrack_timestamp', 'nf_conntrack_events'];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'conntrack-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('prepareConntrack', () => {
  it('sets what is not set, and says what it was', () => {
    for (const [i, value] of ['0\n', '1\n', '2\n'].entries()) writeFileSync(join(directory, NAMES[i]), value);
    expect(prepareConntrack(directory)).toEqual([
      { name: 'nf_conntrack_acct', before: '0', changed: true },
      { name: 'nf_conntrack_timestamp', before: '1', changed: false },
      { name: 'nf_conntrack_events', before: '2', changed: true },
    ]);
    expect(NAMES.map((name) => readFileSync(join(directory, name), 'utf8'))).toEqual(['1\n', '1\n', '1\n']);
  });

  it('says which setting the kernel does not have', () => {
    expect(() => prepareConntrack(directory)).toThrow(ConntrackPreparationError);
    expect(() => prepareConntrack(directory)).toThrow(
      /^nf_conntrack_acct: not readable; load the kernel module/,
    );
  });

  it('notices a setting that does not take', () => {
    for (const name of NAMES) symlinkSync('/dev/null', join(directory, name));
    expect(() => prepareConntrack(directory)).toThrow(
      /^nf_conntrack_acct: still {2}after writing 1; set it to 1/,
    );
  });

  it('keeps the cause', () => {
    mkdirSync(join(directory, NAMES[0]));
    try {
      prepareConntrack(directory);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'PENSTOCK_CONNTRACK_PREPARATION', setting: 'nf_conntrack_acct' });
      expect((error as Error).cause).toMatchObject({ code: 'EISDIR' });
    }
  });
});
