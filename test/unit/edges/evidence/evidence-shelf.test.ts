import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvidenceShelf } from '../../../../src/edges/evidence/evidence-shelf.ts';

const BYTES = Buffer.from('a bundle');

describe('the shelf of bundles', () => {
  let folder: string;
  let shelf: EvidenceShelf;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'penstock-shelf-')), 'evidence');
    shelf = new EvidenceShelf(folder);
  });

  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('keeps a bundle for root alone, and puts it in its place only once it is recorded', async () => {
    const seen: string[][] = [];
    await shelf.keep('I42', BYTES, async () => void seen.push(readdirSync(folder)));
    expect(seen).toEqual([['I42.tar.new']]);
    expect(readdirSync(folder)).toEqual(['I42.tar']);
    expect(readFileSync(join(folder, 'I42.tar'))).toEqual(BYTES);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'I42.tar')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
  });

  it('keeps nothing of what is not recorded', async () => {
    const refused = async () => {
      throw new Error('the ledger is full');
    };
    await expect(shelf.keep('I42', BYTES, refused)).rejects.toThrow('the ledger is full');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['../I1', 'I1/../../x', 'I', 'I01', 'i1', '', 'I1.tar', 'I1\0', 'I99999999999999999'])(
    'takes no incident %j',
    async (id) => {
      await expect(shelf.keep(id, BYTES, async () => {})).rejects.toThrow(RangeError);
      await expect(shelf.read(id)).rejects.toThrow(RangeError);
      await expect(shelf.delete(id)).rejects.toThrow(RangeError);
    },
  );

  it('reads piece by piece, and says how much', async () => {
    await shelf.keep('I1', BYTES, async () => {});
    const found = await shelf.read('I1');
    const pieces: Buffer[] = [];
    for await (const piece of found?.pieces ?? []) pieces.push(piece);
    expect([found?.bytes, Buffer.concat(pieces)]).toEqual([BYTES.length, BYTES]);
    expect([await shelf.read('I2'), await shelf.has('I1'), await shelf.has('I2')]).toEqual([
      undefined,
      true,
      false,
    ]);
  });

  it('lists bundles and nothing else, and deletes one', async () => {
    expect(await shelf.list()).toEqual([]);
    await shelf.keep('I1', BYTES, async () => {});
    mkdirSync(join(folder, 'I2.tar'));
    writeFileSync(join(folder, 'notes.txt'), '');
    expect(await shelf.list()).toMatchObject([{ incident: 'I1', bytes: BYTES.length }]);
    await shelf.delete('I1');
    expect(await shelf.list()).toEqual([]);
  });

  it('finishes after a death what was recorded, and drops the rest', async () => {
    mkdirSync(folder);
    for (const id of ['I1', 'I2']) writeFileSync(join(folder, `${id}.tar.new`), BYTES);
    writeFileSync(join(folder, '.hidden.new'), '');
    const asked: string[] = [];
    await shelf.recover((incident, sha256) => {
      asked.push(sha256.slice(0, 8));
      return incident === 'I1';
    });
    expect(readdirSync(folder).sort()).toEqual(['.hidden.new', 'I1.tar']);
    expect(new Set(asked)).toEqual(new Set(['cd98c950']));
  });
});
