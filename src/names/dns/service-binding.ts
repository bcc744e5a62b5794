/**
 * Data of an HTTPS or SVCB record (RFC 9460, section 2.2):
 *
 *   priority 2 | target: labels, not compressed | key 2 | length 2 | value | key ...     keys in rising order
 *
 * Priority 0 is an alias: ask for the target. Otherwise the target, or the owner where it is the root, serves the
 * name, and ipv4hint (4) and ipv6hint (6) say where it is.
 */
import { type Address, fromBytes } from '../../address/address.ts';

const IPV4_HINT = 4;
const IPV6_HINT = 6;
const MAX_NAME_BYTES = 255;

export interface ServiceBinding {
  /** In lower case; undefined for the owner of the record itself. */
  readonly target: string | undefined;
  readonly hints: readonly Address[];
}

/** Undefined when the data are not as they should be; the whole record then says nothing (section 2.2). */
export function readServiceBinding(data: Uint8Array): ServiceBinding | undefined {
  if (data.length < 3) return undefined;
  const name = readTarget(data, 2);
  if (name === undefined) return undefined;
  const target = name.text === '' ? undefined : name.text;
  if (data[0] === 0 && data[1] === 0) return { target, hints: [] };
  const hints = readHints(data, name.end);
  return hints && { target, hints };
}

function readTarget(data: Uint8Array, start: number): { text: string; end: number } | undefined {
  const labels: string[] = [];
  for (let at = start; at < data.length && at - start < MAX_NAME_BYTES; ) {
    const size = data[at];
    if (size === 0) return { text: labels.join('.').toLowerCase(), end: at + 1 };
    const label = Buffer.from(data.subarray(at + 1, at + 1 + size)).toString('latin1');
    if (size > 63 || label.length !== size || !/^[!-~]+$/.test(label) || /[.\\]/.test(label))
      return undefined;
    labels.push(label);
    at += size + 1;
  }
  return undefined;
}

function readHints(data: Uint8Array, start: number): Address[] | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const hints: Address[] = [];
  let last = -1;
  for (let at = start; at < data.length; ) {
    if (at + 4 > data.length) return undefined;
    const key = view.getUint16(at);
    const from = at + 4;
    const to = from + view.getUint16(at + 2);
    if (to > data.length || key <= last) return undefined;
    last = key;
    const size = key === IPV4_HINT ? 4 : key === IPV6_HINT ? 16 : 0;
    if (size > 0) {
      if (to === from || (to - from) % size !== 0) return undefined;
      for (let i = from; i < to; i += size) hints.push(fromBytes(data.subarray(i, i + size)));
    }
    at = to;
  }
  return hints;
}
