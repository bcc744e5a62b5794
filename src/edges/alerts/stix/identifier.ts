/**
 * Identifiers of STIX 2.1 (section 2.9): UUIDs version 5 (RFC 9562 section 5.5), so that the same thing always has the
 * same one, in this bundle, in the next one, and for addresses at anybody else who keeps to the standard.
 */
import { createHash } from 'node:crypto';

/** Of cyber-observable objects, for everybody. */
const OBSERVABLES = '00abedb4-aa42-466c-9c01-fed23315a9b7';
/** Of all else that Penstock makes; the standard wants another one for these. */
const OURS = '6f1d0c2b-6a47-4c6b-9a5e-2d8e1f0b7c34';

export type StixId = `${string}--${string}`;

/** @param contributing its "ID Contributing Properties" that are there */
export function observableId(type: string, contributing: Readonly<Record<string, unknown>>): StixId {
  return `${type}--${uuid5(OBSERVABLES, canonical(contributing))}`;
}

/** @param name unique among those of the type, for one gateway */
export function ourId(type: string, gateway: string, name: string): StixId {
  return `${type}--${uuid5(OURS, JSON.stringify([type, gateway, name]))}`;
}

/** JSON Canonicalization Scheme (RFC 8785) for what these objects hold: text, whole numbers and lists of text. */
function canonical(properties: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}

function uuid5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
