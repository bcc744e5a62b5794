/**
 * The journal's own protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram an entry, one field after the other.
 *
 *   KEY=value\n                                   where the value is one line
 *   KEY\n  length: 64 bit little endian  value\n  where it is not
 */
import koffi from 'koffi';
import type { Severity } from '../../../incident/incident.ts';
import type { Dispatch } from '../dispatch.ts';
import { undelivered } from '../errors.ts';
import { shortened } from '../format/format.ts';
import { PROTOCOLS } from '../wording.ts';

export const JOURNAL_PATH = '/run/systemd/journal/socket';

/** Of all our alerts: `journalctl MESSAGE_ID=...`. Made up once, as sd-id128(7) wants it. */
const MESSAGE_ID = '5b1c2b5d6a2f4c0f8f0a4d9be7c31e66';
const PRIORITIES: Readonly<Record<Severity, number>> = { critical: 2, high: 3, medium: 4, low: 5 };
/** Far below what a datagram can hold. */
const MOST_BYTES = 64 * 1024;
const SHORT = 1_000;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

const libc = koffi.load('libc.so.6');
const socket: (domain: number, type: number, protocol: number) => number = libc.func(
  'int socket(int domain, int type, int protocol)',
);
const sendto: (
  fd: number,
  bytes: Uint8Array,
  size: number,
  flags: number,
  address: Uint8Array,
  length: number,
) => number = libc.func(
  'long sendto(int fd, const void *bytes, size_t size, int flags, const void *address, uint32_t length)',
);

export class NativeJournal {
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(path = JOURNAL_PATH) {
    this.#path = path;
  }

  /** Never waits. @throws AlertError PENSTOCK_ALERT_UNDELIVERED when there is no journal, or it has no room now */
  write(dispatch: Dispatch): void {
    const whole = entryOf(dispatch);
    const entry = whole.length <= MOST_BYTES ? whole : entryOf(shortened(dispatch, SHORT));
    this.#descriptor ??= socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const address = addressOf(this.#path);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const sent = sendto(this.#descriptor, entry, entry.length, flags, address, address.length);
    if (sent < 0) throw undelivered(`journal ${this.#path}: errno ${koffi.errno()}`);
  }
}

/** sockaddr_un of unix(7): family in host order, then the path with a zero byte at its end. */
function addressOf(path: string): Buffer {
  return Buffer.concat([Uint8Array.of(AF_UNIX, 0), Buffer.from(`${path}\0`)]);
}

function entryOf(dispatch: Dispatch): Buffer {
  const fields = Object.entries(fieldsOf(dispatch));
  return Buffer.concat(fields.flatMap(([key, value]) => (value === null ? [] : [field(key, String(value))])));
}

function fieldsOf({ id, sequence, action, severity, actor, message, facts }: Dispatch) {
  const { service } = facts;
  return {
    MESSAGE: message,
    MESSAGE_ID,
    PRIORITY: PRIORITIES[severity],
    SYSLOG_IDENTIFIER: 'penstock',
    PENSTOCK_ALERT_ID: id,
    PENSTOCK_SEQUENCE: sequence,
    PENSTOCK_EVENT: action,
    PENSTOCK_SEVERITY: severity,
    PENSTOCK_ACTOR: actor,
    PENSTOCK_HOST: facts.host,
    PENSTOCK_DESTINATION: facts.destination,
    PENSTOCK_PROTOCOL: service && (PROTOCOLS[service.protocol] ?? service.protocol),
    PENSTOCK_PORT: service?.port ?? null,
    PENSTOCK_DETECTOR: facts.detector,
    PENSTOCK_RULE: facts.rule,
    PENSTOCK_SCORE: facts.score,
    PENSTOCK_INCIDENT: facts.incident,
    PENSTOCK_DECISION: facts.decision,
    PENSTOCK_DECISION_STATE: facts.decisionState,
    PENSTOCK_REASON: facts.reasons.join('\n') || null,
  };
}

function field(key: string, text: string): Buffer {
  const value = Buffer.from(text.toWellFormed());
  if (!value.includes(0x0a)) return Buffer.concat([Buffer.from(`${key}=`), value, Buffer.from('\n')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${key}\n`), length, value, Buffer.from('\n')]);
}
