/**
 * What has to be known of a decision while it stands and nobody asks for the whole of it, in a row of fixed length: a
 * hundred thousand are read in the time that their texts would take to be opened. Little-endian:
 *
 *    0  f64  number       42 of D42
 *    8  f64  createdAtMs
 *   16  f64  ttlMs
 *   24  f64  untilMs      when it leaves the kernel, and is due
 *   32  u8   family       4 or 6
 *   33  u8   flags        FLOW 1, PROVISIONAL 2, AUTOMATIC 4, PORT 8
 *   34  u8   protocol     of a flow
 *   35  -
 *   36  u16  port         of a flow, where PORT is set
 *   38  -
 *   40  u32  host         of a flow: words a, b, c, d of its address
 *   56  u32  destination  the same
 *
 * Quarantines, networks and what only waits have none.
 */
import { type Address, addressBits, parseAddress } from '../address/address.ts';
import { AddressError } from '../address/errors.ts';
import { parsePrefix } from '../address/prefix.ts';
import type { Service } from '../incident/incident.ts';
import type { Decision, Target } from './decision.ts';
import { standsInKernel } from './life-cycle.ts';

export const ROW_BYTES = 72;
export const AT = {
  number: 0,
  created: 8,
  ttl: 16,
  until: 24,
  family: 32,
  flags: 33,
  protocol: 34,
  port: 36,
  host: 40,
  destination: 56,
} as const;
export const FLAG = { flow: 1, provisional: 2, automatic: 4, port: 8 } as const;

/** Addresses of both families never meet. */
interface Ends {
  readonly host: Address | null;
  readonly destination: Address;
  readonly service: Service | null;
}

/** The row of a decision; null for one that has none. */
export function standingRow(decision: Decision): Uint8Array | null {
  const { id, state, expiresAtMs, answerByMs, createdAtMs, ttlMs, origin } = decision;
  if (!standsInKernel(decision) || expiresAtMs === null) return null;
  const isProvisional = state === 'provisional';
  if (isProvisional && answerByMs !== expiresAtMs) return null;
  const ends = endsOf(decision.target);
  if (ends === undefined) return null;
  const row = new Uint8Array(ROW_BYTES);
  const view = new DataView(row.buffer);
  view.setFloat64(AT.number, Number(id.slice(1)), true);
  view.setFloat64(AT.created, createdAtMs, true);
  view.setFloat64(AT.ttl, ttlMs, true);
  view.setFloat64(AT.until, expiresAtMs, true);
  const { host, destination, service } = ends;
  view.setUint8(AT.family, destination.family);
  const hasPort = service !== null && service.port !== null;
  const flags =
    (host === null ? 0 : FLAG.flow) |
    (isProvisional ? FLAG.provisional : 0) |
    (origin.kind === 'automatic' ? FLAG.automatic : 0) |
    (hasPort ? FLAG.port : 0);
  view.setUint8(AT.flags, flags);
  view.setUint8(AT.protocol, service?.protocol ?? 0);
  view.setUint16(AT.port, service?.port ?? 0, true);
  if (host !== null) setAddress(view, AT.host, host);
  setAddress(view, AT.destination, destination);
  return row;
}

/** Undefined for what has no row; also for what is no address, which whoever reads the whole finds out. */
function endsOf(target: Target): Ends | undefined {
  try {
    if (target.kind === 'flow') {
      const [host, destination] = [parseAddress(target.host), parseAddress(target.destination)];
      return host.family === destination.family ? { host, destination, service: target.service } : undefined;
    }
    if (target.kind === 'host') return undefined;
    const { address, length } = parsePrefix(target.prefix);
    const isOne = length === addressBits(address.family);
    return isOne ? { host: null, destination: address, service: null } : undefined;
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

function setAddress(view: DataView, at: number, { a, b, c, d }: Address): void {
  view.setUint32(at, a, true);
  view.setUint32(at + 4, b, true);
  view.setUint32(at + 8, c, true);
  view.setUint32(at + 12, d, true);
}
