/** Alerts to a syslog receiver, in its own format or in one of a SIEM. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { durationField } from '../../../policy/schema/quantity.ts';
import type { Dispatch } from '../dispatch.ts';
import { type AlertError, sinkInvalid, undelivered } from '../errors.ts';
import { FORMATS } from '../format/format.ts';
import type { AlertSink } from '../sink.ts';
import { COMMON, filePath } from '../sink-settings.ts';
import { type SinkContext, sinkType } from '../sink-type.ts';
import type { Security } from './connection.ts';
import { FACILITIES, type MessageShape, syslogMessage } from './message.ts';
import { StreamTransport } from './stream-transport.ts';
import type { Endpoint, SyslogTransport } from './transport.ts';
import { UdpTransport } from './udp-transport.ts';

/** Kept free for documentation (RFC 5612): a company that has a number puts its own in. */
const EXAMPLE_ENTERPRISE = 32_473;
const PORTS = { udp: 514, tcp: 514, tls: 6514 };
/** What receivers should take of a datagram (RFC 5426, 3.2), and rsyslog's limit as it comes. */
const MOST_BYTES = { udp: 2_048, tcp: 8_192, tls: 8_192 };
const BATCH = 50;

const settings = z.strictObject({
  type: z.literal('syslog'),
  ...COMMON,
  /** `siem.example`, `siem.example:6514`, `192.0.2.7:514`, `[2001:db8::7]:514`. */
  address: z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]{1,253})(:[0-9]{1,5})?$/, 'HOST or HOST:PORT'),
  transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
  /** Whom to trust, instead of the authorities that come with the system. */
  caFile: filePath.optional(),
  /** Who we are, for a receiver that wants to know. */
  certFile: filePath.optional(),
  keyFile: filePath.optional(),
  /** What the receiver's certificate must name, where it is not the host of `address`. */
  serverName: z.string().min(1).max(253).optional(),
  format: z.enum(['rfc5424', ...FORMATS]).default('rfc5424'),
  facility: z.enum(FACILITIES).default('local4'),
  enterpriseId: z
    .int()
    .min(1)
    .max(2 ** 32 - 1)
    .default(EXAMPLE_ENTERPRISE),
  maxBytes: z.int().min(1_024).max(65_000).optional(),
  /** Over TCP and TLS: when the connection is lost, alerts of this long ago are sent again. */
  resendWindow: durationField.optional(),
});
type Settings = z.output<typeof settings>;

const RESEND_WINDOW_MS = 30_000;

export const syslogSinks = sinkType({
  type: 'syslog',
  settings,
  open(name, given, context) {
    const { format, facility, enterpriseId, transport } = given;
    refuseUseless(name, given);
    const maxBytes = given.maxBytes ?? MOST_BYTES[transport];
    const where = `syslog ${given.address}`;
    return new SyslogSink(
      name,
      where,
      { format, facility, enterpriseId, maxBytes },
      openTransport(name, given, context),
    );
  },
});

export class SyslogSink implements AlertSink {
  readonly name: string;
  readonly type = 'syslog';
  readonly batch = BATCH;
  readonly settleMs: number;
  readonly #where: string;
  readonly #shape: MessageShape;
  readonly #transport: SyslogTransport;

  /** @param where for messages of errors */
  constructor(name: string, where: string, shape: MessageShape, transport: SyslogTransport) {
    this.name = name;
    this.settleMs = transport.settleMs;
    this.#where = where;
    this.#shape = shape;
    this.#transport = transport;
  }

  async deliver(dispatches: readonly Dispatch[], signal: AbortSignal): Promise<void> {
    const messages = dispatches.map((dispatch) => syslogMessage(dispatch, this.#shape));
    try {
      await this.#transport.send(messages, signal);
    } catch (error) {
      throw this.#named(error as Error);
    }
  }

  watch(lost: (why: Error) => void): void {
    this.#transport.watch((why) => lost(this.#named(why)));
  }

  reopen(): void {
    this.#transport.reopen();
  }

  close(): Promise<boolean> {
    return this.#transport.close();
  }

  #named(cause: Error): AlertError {
    return undelivered(`${this.#where} ${cause.message}`, { cause });
  }
}

function openTransport(name: string, given: Settings, { path }: SinkContext): SyslogTransport {
  const endpoint = endpointOf(name, given);
  if (given.transport === 'udp') return new UdpTransport(endpoint);
  const settleMs = given.resendWindow ?? RESEND_WINDOW_MS;
  if (given.transport === 'tcp') return new StreamTransport({ endpoint, settleMs, security: undefined });
  const security = () => readSecurity(given, path);
  try {
    security();
  } catch (cause) {
    throw sinkInvalid(name, (cause as Error).message, cause);
  }
  return new StreamTransport({ endpoint, settleMs, security });
}

/** Read for each connection, so that a renewed certificate needs no restart. */
function readSecurity(
  { caFile, certFile, keyFile, serverName }: Settings,
  path: SinkContext['path'],
): Security {
  return {
    ...(caFile !== undefined && { ca: readFileSync(path(caFile)) }),
    ...(certFile !== undefined && { cert: readFileSync(path(certFile)) }),
    ...(keyFile !== undefined && { key: readFileSync(path(keyFile)) }),
    ...(serverName !== undefined && { servername: serverName }),
  };
}

function endpointOf(name: string, { address, transport }: Settings): Endpoint {
  const [, host = '', port] = /^(.*?)(?::([0-9]+))?$/.exec(address) ?? [];
  const number = port === undefined ? PORTS[transport] : Number(port);
  if (number < 1 || number > 65_535) throw sinkInvalid(name, `address: there is no port ${port}`);
  return { host: host.replace(/^\[|\]$/g, ''), port: number };
}

function refuseUseless(name: string, given: Settings): void {
  const ofTls = ['caFile', 'certFile', 'keyFile', 'serverName'] as const;
  const useless = ofTls.filter((key) => given.transport !== 'tls' && given[key] !== undefined);
  if (useless.length > 0) throw sinkInvalid(name, `${useless.join(', ')}: only with transport tls`);
  if ((given.certFile === undefined) !== (given.keyFile === undefined))
    throw sinkInvalid(name, 'certFile and keyFile go together');
  if (given.transport === 'udp' && given.resendWindow !== undefined)
    throw sinkInvalid(name, 'resendWindow: only with transport tcp or tls');
}
