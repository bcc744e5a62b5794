/**
 * One line of Zeek's conn.log, whether its values come from columns or from JSON
 * (https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html).
 */
import type { RecordingPlace } from '../errors.ts';
import { FieldReader, looseLabel } from './field-reader.ts';
import { setZeekIcmp } from './icmp.ts';
import { outcomeOf } from './outcome.ts';
import { isIcmp } from './protocol.ts';
import { emptyRecordedFlow, type MutableRecordedFlow, type RecordedFlow } from './recorded-flow.ts';

/** The fields that are read. `label` is in conn.log.labeled, as published with captures. */
export const ZEEK_FIELDS = [
  'ts',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'duration',
  'orig_bytes',
  'resp_bytes',
  'conn_state',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
  'resp_ip_bytes',
  'ip_proto',
  'label',
] as const;
export type ZeekField = (typeof ZEEK_FIELDS)[number];

/** Without these a line tells of no flow. */
export const ZEEK_REQUIRED: readonly ZeekField[] = ['ts', 'id.orig_h', 'id.resp_h', 'proto'];

/** A field that is not set is null or undefined. */
export type ZeekValues = { [K in ZeekField]?: unknown };

export class ZeekRecordReader {
  readonly #fields: FieldReader;
  readonly #flow: MutableRecordedFlow = emptyRecordedFlow();

  constructor(place: RecordingPlace) {
    this.#fields = new FieldReader(place);
  }

  /** The flow is refilled by the next call. */
  read(values: ZeekValues): RecordedFlow {
    const fields = this.#fields;
    const flow = this.#flow;
    flow.startedAtMs = fields.time('ts', values.ts);
    flow.durationMs = fields.duration('duration', values.duration);
    fields.address('id.orig_h', values['id.orig_h'], flow.source);
    fields.address('id.resp_h', values['id.resp_h'], flow.destination);
    this.#readProtocol(values);
    this.#readPorts(values);
    this.#readCounters(values);
    flow.outcome = outcomeOf(typeof values.conn_state === 'string' ? values.conn_state : null, flow);
    flow.label = looseLabel(values.label);
    fields.check(flow);
    return flow;
  }

  /** Zeek names only TCP, UDP and ICMP; newer ones give the number of the others in a field of its own. */
  #readProtocol({ proto, ip_proto }: ZeekValues): void {
    const numbered = proto === 'unknown_transport' && ip_proto !== undefined && ip_proto !== null;
    const name = numbered ? 'ip_proto' : 'proto';
    this.#flow.protocol = this.#fields.protocol(name, numbered ? ip_proto : proto, this.#flow);
  }

  #readPorts({ 'id.orig_p': originator, 'id.resp_p': responder }: ZeekValues): void {
    const fields = this.#fields;
    const flow = this.#flow;
    const icmp = isIcmp(flow.protocol);
    flow.sourcePort = icmp ? 0 : fields.portOrZero('id.orig_p', originator);
    flow.destinationPort = icmp ? 0 : fields.portOrZero('id.resp_p', responder);
    flow.icmpType = -1;
    flow.icmpCode = -1;
    if (!icmp) return;
    setZeekIcmp(flow, fields.icmpOrNone('id.orig_p', originator), fields.icmpOrNone('id.resp_p', responder));
  }

  /** Payload bytes where Zeek ran without counting whole packets (use_conn_size_analyzer = F). */
  #readCounters(values: ZeekValues): void {
    const fields = this.#fields;
    const flow = this.#flow;
    const [out, back] = isSet(values.orig_ip_bytes)
      ? (['orig_ip_bytes', 'resp_ip_bytes'] as const)
      : (['orig_bytes', 'resp_bytes'] as const);
    flow.bytesOut = fields.countOrZero(out, values[out]);
    flow.bytesIn = fields.countOrZero(back, values[back]);
    flow.packetsOut = fields.countOrZero('orig_pkts', values.orig_pkts);
    flow.packetsIn = fields.countOrZero('resp_pkts', values.resp_pkts);
  }
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}
