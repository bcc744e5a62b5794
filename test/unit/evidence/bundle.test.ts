import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBundle, sealBundle } from '../../../src/evidence/bundle.ts';
import { EvidenceError } from '../../../src/evidence/errors.ts';
import type { ManifestFacts } from '../../../src/evidence/manifest.ts';
import { type BundleFile, readTar, writeTar } from '../../../src/evidence/tar.ts';

const FACTS: ManifestFacts = {
  incident: 'I42',
  sealedAtMs: Date.parse('2026-10-05T12:01:00.250Z'),
  version: '9.9.9',
  gateway: 'gw',
  ledger: { seq: 7, hash: 'a'.repeat(64) },
  policyDigest: 'd'.repeat(64),
  kernelDigest: 'k'.repeat(64),
  window: { fromMs: 1, incidentMs: 2, toMs: 3 },
  packets: { kept: 1, missed: 0 },
  incomplete: [],
};
const file = (name: string, text: string) => ({ name, content: Buffer.from(text) });
const FILES = [file('incident.json', '{"id":"I42"}\n'), file('flows.json', '[]\n'), file('empty.json', '')];

const problemOf = (bytes: Uint8Array): string => {
  try {
    openBundle(bytes);
    return 'none';
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return error.message;
  }
};

describe('a sealed bundle', () => {
  const sealed = sealBundle(FACTS, FILES);

  it('opens as what it was sealed as', () => {
    const opened = openBundle(sealed.bytes);
    expect(opened.manifest).toEqual(sealed.manifest);
    expect([opened.manifestSha256, opened.bundleSha256]).toEqual([
      sealed.manifestSha256,
      sealed.bundleSha256,
    ]);
    expect(opened.files.map(({ name, content }) => [name, Buffer.from(content).toString()])).toEqual(
      FILES.map(({ name, content }) => [name, content.toString()]),
    );
  });

  it('is a tar that the tar of this machine unpacks, for root alone to read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'penstock-tar-'));
    try {
      writeFileSync(join(folder, 'I42.tar'), sealed.bytes);
      execFileSync('tar', ['xf', 'I42.tar'], { cwd: folder });
      expect(readFileSync(join(folder, 'flows.json'), 'utf8')).toBe('[]\n');
      execFileSync('sha256sum', ['-c', '--quiet', 'MANIFEST.sha256'], { cwd: folder });
      const { mode, mtimeMs } = statSync(join(folder, 'incident.json'));
      expect([mode & 0o777, mtimeMs]).toEqual([0o600, Date.parse('2026-10-05T12:01:00Z')]);
      for (const { name, sha256 } of sealed.manifest.files) {
        const told = execFileSync('sha256sum', [name], { cwd: folder, encoding: 'utf8' });
        expect(told.startsWith(sha256)).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('shows any change of any byte', () => {
    for (let at = 0; at < sealed.bytes.length; at++) {
      const changed = sealed.bytes.slice();
      changed[at] ^= 1 << (at % 8);
      expect(problemOf(changed), `byte ${at}`).not.toBe('none');
    }
  });

  it('shows what was cut off, put behind it, and taken out', () => {
    expect(problemOf(sealed.bytes.subarray(0, -512))).toContain('longer than the bundle');
    expect(problemOf(Buffer.concat([sealed.bytes, Buffer.alloc(512)]))).toContain('follows its end');
    expect(problemOf(new Uint8Array(3))).toContain('no tar');
    const [first, sum] = readTar(sealed.bytes);
    const tar = (...files: BundleFile[]) => writeTar(files, FACTS.sealedAtMs);
    expect(problemOf(tar(first, sum, ...FILES.slice(1)))).toContain('incident.json is missing');
    expect(problemOf(tar(first, sum, ...FILES, file('more.json', '')))).toContain(
      'more.json is not in the manifest',
    );
    expect(problemOf(tar(...FILES))).toContain('first file is not MANIFEST.json');
    expect(problemOf(tar(first, ...FILES))).toContain('MANIFEST.json is not what was sealed');
    expect(problemOf(tar(first, sum, ...FILES))).toBe('none');
  });

  it('says which file is not what was sealed', () => {
    const changed = sealed.bytes.slice();
    changed[Buffer.from(changed).indexOf('{"id":"I42"}') + 8] = 0x35;
    expect(problemOf(changed)).toBe('incident.json is not what was sealed');
  });

  it.each(['../up', '/etc/passwd', 'a/b', '', '.hidden', 'a\0b'])('takes no file called %j', (name) => {
    expect(() => sealBundle(FACTS, [file(name, 'x')])).toThrow(EvidenceError);
  });

  it('is not thrown off by whatever bytes it is said to be', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4_096 }), (bytes) => {
        expect(problemOf(bytes)).not.toBe('none');
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(
        fc.nat(sealed.bytes.length - 64),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        (at, bytes) => {
          const changed = Buffer.from(sealed.bytes);
          changed.set(bytes, at);
          expect(problemOf(changed) === 'none').toBe(changed.equals(sealed.bytes));
        },
      ),
      { numRuns: 200 },
    );
  });
});
