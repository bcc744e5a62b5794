/** Where the text of policy files comes from: a folder, or a revision's stored sources. */
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { PolicySources } from './policy.ts';

export type Reading =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly expected: string; readonly line?: number };

/** Reads one file by its name relative to the policy's folder, at most `limit` bytes. */
export type SourceReader = (name: string, limit: number) => Reading;

const refused = (message: string, expected: string, line?: number): Reading => ({
  ok: false,
  message,
  expected,
  ...(line !== undefined && { line }),
});

/** Name of a file relative to the policy's folder, given relative to the file that names it. */
export function nameFrom(namedIn: string, file: string): string {
  const slash = namedIn.lastIndexOf('/');
  return slash < 0 ? file : `${namedIn.slice(0, slash)}/${file}`;
}

/** Files of one folder. What a symbolic link leads out of the folder is refused. */
export function folderReader(folder: string): SourceReader {
  return (name, limit) => {
    try {
      const root = realpathSync(folder);
      const file = realpathSync(path.join(root, name));
      if (!file.startsWith(root === '/' ? root : `${root}/`)) {
        return refused(`'${name}' leads out of the policy's folder`, 'a file inside the folder');
      }
      return readFile(file, limit);
    } catch (error) {
      return refused(`'${name}' cannot be read (${errorCode(error)})`, 'a readable file');
    }
  };
}

/** Stored sources, as a revision keeps them. */
export function storedReader(sources: PolicySources): SourceReader {
  const files = new Map(sources.files.map(({ name, text }) => [name, text]));
  return (name, limit) => {
    const text = files.get(name);
    if (text === undefined) return refused(`'${name}' is not among the sources`, 'a file that was given');
    if (Buffer.byteLength(text) > limit) return tooLarge(limit);
    return checkText(text);
  };
}

/** O_NONBLOCK: opening a FIFO must not wait. O_NOFOLLOW: the path was resolved and checked just before. */
function readFile(file: string, limit: number): Reading {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return refused('is not a regular file', 'a text file');
    if (stat.size > limit) return tooLarge(limit);
    return decodeText(readUpTo(fd, limit + 1), limit);
  } finally {
    closeSync(fd);
  }
}

function readUpTo(fd: number, limit: number): Buffer {
  const buffer = Buffer.allocUnsafe(limit);
  let length = 0;
  while (length < limit) {
    const got = readSync(fd, buffer, length, limit - length, null);
    if (got === 0) break;
    length += got;
  }
  return buffer.subarray(0, length);
}

function decodeText(bytes: Buffer, limit: number): Reading {
  if (bytes.length > limit) return tooLarge(limit);
  try {
    return checkText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refused('is not UTF-8', 'UTF-8 text', firstBadLine(bytes));
  }
}

/** A line feed never occurs inside a UTF-8 sequence, so lines can be tried one by one. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(10, start);
    const piece = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (end < 0 || !isUtf8(piece)) return line;
    start = end + 1;
  }
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function checkText(text: string): Reading {
  const nul = text.indexOf('\0');
  if (nul < 0) return { ok: true, text };
  return refused('holds a NUL byte', 'plain text', text.slice(0, nul).split('\n').length);
}

function tooLarge(limit: number): Reading {
  return refused(`is larger than ${limit} bytes`, 'a smaller file');
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
