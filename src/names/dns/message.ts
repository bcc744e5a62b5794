/**
 * A DNS message (RFC 1035), read as far as names need it: who asks for what, and the records of the answer section.
 * Flags: QR 1 | opcode 4 | AA | TC | RD | RA | Z | AD | CD | rcode 4.
 */
import { decode, type Answer as Read } from 'dns-packet';
import { type Address, parseAddress } from '../../address/address.ts';
import { HEADER_BYTES, TYPE_PRIVATE, walk } from './guard.ts';
import { readServiceBinding, type ServiceBinding } from './service-binding.ts';

const QR = 0x8000;
const OPCODE = 0x7800;
const TC = 0x0200;
const RCODE = 0x000f;

/** RFC 2181, section 8: with the high bit set it is taken for 0. */
const MAX_TTL = 0x7fffffff;

/** Names are in lower case, without the last dot. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

/** `ttl` in seconds. */
export type DnsRecord =
  | { readonly kind: 'address'; readonly name: string; readonly ttl: number; readonly address: Address }
  | { readonly kind: 'alias'; readonly name: string; readonly ttl: number; readonly target: string }
  | {
      readonly kind: 'service';
      readonly name: string;
      readonly ttl: number;
      readonly binding: ServiceBinding;
    };

export interface Answer extends Question {
  readonly truncated: boolean;
  /** 0 is NOERROR. */
  readonly rcode: number;
  readonly records: readonly DnsRecord[];
}

export function isResponse(message: Uint8Array): boolean {
  return message.length >= HEADER_BYTES && (message[2] & 0x80) !== 0;
}

/** The one question of a query; undefined for anything else. */
export function readQuery(message: Uint8Array): Question | undefined {
  if (message.length < HEADER_BYTES || (flagsOf(message) & (QR | OPCODE)) !== 0) return undefined;
  return read(message, false)?.question;
}

/** Undefined for what is no answer to one question, or not to be trusted to be read. */
export function readAnswer(message: Uint8Array): Answer | undefined {
  if (message.length < HEADER_BYTES || (flagsOf(message) & (QR | OPCODE)) !== QR) return undefined;
  const found = read(message, true);
  if (found === undefined) return undefined;
  const flags = flagsOf(message);
  const records = found.answers.flatMap((record) => recordOf(record) ?? []);
  return { ...found.question, truncated: (flags & TC) !== 0, rcode: flags & RCODE, records };
}

function read(
  message: Uint8Array,
  withAnswers: boolean,
): { question: Question; answers: readonly Read[] } | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if (view.getUint16(4) !== 1) return undefined;
  const answers = withAnswers ? view.getUint16(6) : 0;
  const walked = walk(message, 1, answers);
  if (walked === undefined) return undefined;
  const copy = Buffer.from(message.subarray(0, walked.end));
  copy.writeUInt16BE(answers, 6);
  copy.writeUInt32BE(0, 8);
  for (const at of walked.others) copy.writeUInt16BE(TYPE_PRIVATE, at);
  try {
    const packet = decode(copy);
    const [question] = packet.questions ?? [];
    if (question?.class !== 'IN') return undefined;
    const asked = { id: packet.id ?? 0, name: plain(question.name), type: question.type };
    return { question: asked, answers: packet.answers ?? [] };
  } catch {
    // The library throws plain errors for records that are not as their type says.
    return undefined;
  }
}

function recordOf(record: Read): DnsRecord | undefined {
  if (record.type === 'OPT' || !('class' in record) || record.class !== 'IN') return undefined;
  const name = plain(record.name);
  const ttl = ttlOf('ttl' in record ? record.ttl : undefined);
  if (record.type === 'A' || record.type === 'AAAA') {
    const address = plainAddress(record.data);
    return address && { kind: 'address', name, ttl, address };
  }
  if (record.type === 'CNAME') return { kind: 'alias', name, ttl, target: plain(record.data) };
  // The library has no name for these types, and gives their data as on the wire.
  const { type, data } = record as { type: string; data: unknown };
  if ((type === 'UNKNOWN_64' || type === 'UNKNOWN_65') && Buffer.isBuffer(data)) {
    const binding = readServiceBinding(data);
    return binding && { kind: 'service', name, ttl, binding };
  }
  return undefined;
}

function plainAddress(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch {
    // An IPv4-mapped address, for one: nothing that a connection goes to as such.
    return undefined;
  }
}

function ttlOf(ttl: number | undefined): number {
  return ttl === undefined || ttl > MAX_TTL ? 0 : ttl;
}

function plain(name: string): string {
  return name.toLowerCase();
}

function flagsOf(message: Uint8Array): number {
  return (message[2] << 8) | message[3];
}
