import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BOOT_TEXT_END } from '../../../src/enforcement/boot-text.ts';
import { type KernelElement, STAYS } from '../../../src/enforcement/element.ts';
import { BootFile, type BootFileParts } from '../../../src/engine/boot-file.ts';

const NOW = Date.UTC(2026, 9, 5);
const MINUTE = 60_000;

function block(last: number): KernelElement {
  return { set: 'destination4', id: `destination4 ${last}`, key: Uint8Array.of(192, 0, 2, last), ...STAYS };
}

describe('the file for the next boot', () => {
  let folder: string;
  let path: string;
  let file: BootFile;
  let blocks: KernelElement[];
  /** What a look at all elements takes. */
  let costMs: number;
  let asked: string[];
  let logged: string[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    folder = mkdtempSync(join(tmpdir(), 'penstock-boot-file-'));
    path = join(folder, 'boot.nft');
    [blocks, costMs, asked, logged] = [[block(1)], 0, [], []];
    const parts = {
      ...{ path, choice: 'open', policyDigest: () => 'policy', isConfirmed: () => true },
      enforcer: {
        get digest() {
          return String(blocks.length);
        },
        tableText: () => 'table inet penstock {\n}\n',
        wantedApart: () => {
          vi.advanceTimersByTime(costMs);
          return { elements: blocks, lists: [] };
        },
      },
      journal: { log: (_: string, message: string) => logged.push(message) },
      settle: (temporary: string) => asked.push(temporary),
    };
    file = new BootFile(parts as unknown as BootFileParts);
  });

  afterEach(() => {
    file[Symbol.dispose]();
    rmSync(folder, { recursive: true });
    vi.useRealTimers();
  });

  const pass = (ms: number) => {
    vi.advanceTimersByTime(ms);
    file.tend(NOW);
  };
  /** The other thread does what it was asked for. */
  const settle = () => {
    renameSync(asked[asked.length - 1], path);
    file.settled(null);
  };

  it('is written here and put in its place by another thread', () => {
    pass(0);
    expect(existsSync(path)).toBe(false);
    expect(asked).toEqual([`${path}.tmp`]);
    expect(readFileSync(asked[0], 'utf8')).toMatch(/192\.0\.2\.1(.|\n)*# end\n$/);
  });

  it('is not written again before the other thread is done with it', () => {
    pass(0);
    blocks.push(block(2));
    pass(MINUTE);
    expect(asked).toHaveLength(1);
    settle();
    pass(0);
    expect(asked).toHaveLength(2);
  });

  it('follows blocks every ten seconds, or more seldom when that takes long', () => {
    const seconds = () => {
      const before = asked.length;
      blocks.push(block(blocks.length + 1));
      for (let passed = 1; ; passed++) {
        pass(1_000);
        if (asked.length > before) return passed;
      }
    };
    pass(0);
    settle();
    expect(seconds()).toBe(10);
    settle();
    costMs = 200;
    expect(seconds()).toBe(10);
    settle();
    expect(seconds()).toBe(40);
  });

  it('says once that it could not be put in its place, and is tried again', () => {
    pass(0);
    file.settled('no space left');
    pass(30_000);
    expect(asked).toHaveLength(1);
    pass(31_000);
    file.settled('no space left');
    expect(asked).toHaveLength(2);
    expect(logged).toEqual(['the file for the next boot was not written: no space left']);
  });

  it('is put in its place here at the end, whatever the other thread still does', () => {
    pass(0);
    blocks.push(block(2));
    file.finish(NOW);
    expect(readFileSync(path, 'utf8')).toContain('192.0.2.2');
    expect(readFileSync(path, 'utf8').endsWith(BOOT_TEXT_END)).toBe(true);
    expect(() => renameSync(asked[0], path)).toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual(['boot.nft']);
  });

  it('is there at the end also when nothing has changed since the other thread was asked', () => {
    pass(0);
    file.finish(NOW);
    expect(readdirSync(folder)).toEqual(['boot.nft']);
  });
});
