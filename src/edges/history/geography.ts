/**
 * Countries and autonomous systems of addresses, from databases that the operator has put on this machine: files in the
 * MaxMind DB format 2.0 with the fields of GeoLite2 and DB-IP, or those of IPinfo. A file that is replaced is read
 * again.
 */
import { readFileSync, statSync } from 'node:fs';
import { Reader, type Response } from 'maxmind';
import { HistoryError } from './errors.ts';

export type PlaceKind = 'country' | 'as';
/** Paths; absent: none was given. */
export type GeographyFiles = Partial<Readonly<Record<PlaceKind, string | undefined>>>;

export interface Place {
  readonly key: string;
  readonly name?: string;
}

const MOST_NAME = 100;
/** How often a file is looked at. */
const LOOK_EVERY_MS = 10_000;

interface Opened {
  readonly reader: Reader<Response>;
  readonly version: string;
}

export class Geography {
  readonly #files: GeographyFiles;
  readonly #opened = new Map<PlaceKind, Opened>();
  readonly #lookAt = new Map<PlaceKind, number>();

  constructor(files: GeographyFiles) {
    this.#files = files;
  }

  has(kind: PlaceKind): boolean {
    return this.#files[kind] !== undefined;
  }

  /**
   * Undefined for an address that the database does not know.
   * @throws HistoryError PENSTOCK_HISTORY_GEO
   */
  place(kind: PlaceKind, address: string): Place | undefined {
    const reader = this.#reader(kind);
    let record: unknown;
    try {
      record = reader.get(address);
    } catch (cause) {
      throw unreadable(this.#files[kind] ?? kind, cause);
    }
    if (typeof record !== 'object' || record === null) return undefined;
    return kind === 'country' ? countryOf(record as CountryRecord) : systemOf(record as SystemRecord);
  }

  #reader(kind: PlaceKind): Reader<Response> {
    const path = this.#files[kind];
    if (path === undefined) throw new HistoryError('PENSTOCK_HISTORY_GEO', `no database of ${kind} is given`);
    const opened = this.#opened.get(kind);
    const now = performance.now();
    if (opened !== undefined && now < (this.#lookAt.get(kind) ?? 0)) return opened.reader;
    this.#lookAt.set(kind, now + LOOK_EVERY_MS);
    try {
      const { mtimeMs, size } = statSync(path);
      const version = `${mtimeMs} ${size}`;
      if (opened?.version === version) return opened.reader;
      const reader = new Reader<Response>(readFileSync(path));
      this.#opened.set(kind, { reader, version });
      return reader;
    } catch (cause) {
      throw unreadable(path, cause);
    }
  }
}

interface CountryRecord {
  readonly country?: { readonly iso_code?: unknown; readonly names?: { readonly en?: unknown } } | string;
  readonly country_code?: unknown;
}

function countryOf({ country, country_code }: CountryRecord): Place | undefined {
  const nested = typeof country === 'object' && country !== null ? country : undefined;
  const code = nested?.iso_code ?? country_code;
  if (typeof code !== 'string' || !/^[A-Z]{2}$/.test(code)) return undefined;
  return { key: code, ...nameIn(nested?.names?.en ?? country) };
}

interface SystemRecord {
  readonly autonomous_system_number?: unknown;
  readonly autonomous_system_organization?: unknown;
  readonly asn?: unknown;
  readonly as_name?: unknown;
}

function systemOf(record: SystemRecord): Place | undefined {
  const number = record.autonomous_system_number ?? record.asn;
  const key = typeof number === 'number' ? `AS${number}` : number;
  if (typeof key !== 'string' || !/^AS[0-9]{1,10}$/.test(key)) return undefined;
  return { key, ...nameIn(record.autonomous_system_organization ?? record.as_name) };
}

function nameIn(text: unknown): { name?: string } {
  return typeof text === 'string' && text !== '' ? { name: text.slice(0, MOST_NAME) } : {};
}

function unreadable(path: string, cause: unknown): HistoryError {
  return new HistoryError('PENSTOCK_HISTORY_GEO', `${path}: ${(cause as Error).message}`, { cause });
}
