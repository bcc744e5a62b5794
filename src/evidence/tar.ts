/**
 * A bundle's container: tar as POSIX.1-1988 has it (ustar, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html),
 * which every system opens. Of the many ways to write the same files this is one: mode 0600, owner 0, one time for
 * all, files in the order given, two blocks of zeros at the end. So a bundle has one encoding, and any other byte
 * shows (verification.ts).
 *
 *   +--------+------------------+-----+-----+--------+------------------+-----+-------------+
 *   | header | content          | 0.. | ... | header | content          | 0.. | 1,024 zeros |
 *   +--------+------------------+-----+-----+--------+------------------+-----+-------------+
 *     512      bytes              to a multiple of 512
 *
 *   header   0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 checksum 8 |
 *            156 type 1 | 157 link 100 | 257 magic 6 | 263 version 2 | 265 owner 32 | 297 group 32 | ... 512
 *            numbers are octal text; the checksum is the sum of all bytes with itself as spaces
 */
import { damaged } from './errors.ts';

const BLOCK = 512;
const END_BYTES = 2 * BLOCK;
const NAME_BYTES = 100;
const SIZE_AT = 124;
const CHECKSUM_AT = 148;
const MAX_FILES = 64;
/** No path of any kind: a bundle unpacks into the folder it is unpacked in. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,98}$/;

export interface BundleFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** @param atMs ms since the epoch; whole seconds are kept */
export function writeTar(files: readonly BundleFile[], atMs: number): Uint8Array {
  const total = files.reduce((sum, { content }) => sum + BLOCK + padded(content.length), END_BYTES);
  const tar = new Uint8Array(total);
  let at = 0;
  for (const { name, content } of files) {
    writeHeader(tar.subarray(at, at + BLOCK), name, content.length, atMs);
    tar.set(content, at + BLOCK);
    at += BLOCK + padded(content.length);
  }
  return tar;
}

/**
 * The files of a tar, as views of it. Only what {@link writeTar} would write is taken.
 * @throws EvidenceError PENSTOCK_EVIDENCE_DAMAGED
 */
export function readTar(tar: Uint8Array): BundleFile[] {
  if (tar.length % BLOCK !== 0 || tar.length < END_BYTES) throw damaged('it is no tar, or was cut off');
  const files: BundleFile[] = [];
  let at = 0;
  while (tar[at] !== 0) {
    if (files.length === MAX_FILES) throw damaged(`it holds more than ${MAX_FILES} files`);
    const header = tar.subarray(at, at + BLOCK);
    const name = readName(header);
    const bytes = readOctal(header, SIZE_AT, 12);
    const next = at + BLOCK + padded(bytes);
    if (next > tar.length - END_BYTES) throw damaged(`${name} is longer than the bundle`);
    files.push({ name, content: tar.subarray(at + BLOCK, at + BLOCK + bytes) });
    at = next;
  }
  if (at + END_BYTES !== tar.length) throw damaged('something follows its end');
  return files;
}

function writeHeader(header: Uint8Array, name: string, bytes: number, atMs: number): void {
  if (!NAME.test(name)) throw damaged(`'${name}' is no name of a file in a bundle`);
  text(header, 0, name);
  octal(header, 100, 8, 0o600);
  octal(header, 108, 8, 0);
  octal(header, 116, 8, 0);
  octal(header, SIZE_AT, 12, bytes);
  octal(header, 136, 12, Math.floor(atMs / 1_000));
  text(header, 156, '0');
  text(header, 257, 'ustar\0' + '00');
  text(header, 265, 'root');
  text(header, 297, 'root');
  text(header, CHECKSUM_AT, ' '.repeat(8));
  const sum = header.reduce((total, byte) => total + byte, 0);
  text(header, CHECKSUM_AT, `${sum.toString(8).padStart(6, '0')}\0 `);
}

function readName(header: Uint8Array): string {
  const end = header.indexOf(0);
  const name = Buffer.from(header.subarray(0, Math.min(end < 0 ? NAME_BYTES : end, NAME_BYTES))).toString(
    'latin1',
  );
  if (!NAME.test(name)) throw damaged('it holds a file whose name is none of ours');
  return name;
}

function readOctal(header: Uint8Array, at: number, width: number): number {
  const digits = Buffer.from(header.subarray(at, at + width - 1)).toString('latin1');
  if (!/^[0-7]+$/.test(digits)) throw damaged('a number in it is none');
  return Number.parseInt(digits, 8);
}

function text(header: Uint8Array, at: number, value: string): void {
  header.set(Buffer.from(value, 'latin1'), at);
}

function octal(header: Uint8Array, at: number, width: number, value: number): void {
  text(header, at, value.toString(8).padStart(width - 1, '0'));
}

function padded(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}
