/**
 * Alerts to the HTTP intake of a SIEM or a log store: POST of one alert, of a JSON array, or of lines. Any 2xx is taken
 * as received. Each alert carries its id, so that the receiver can tell one that comes again; the batch it comes in
 * may then be another.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { durationField } from '../../../policy/schema/quantity.ts';
import type { Dispatch } from '../dispatch.ts';
import { Endpoint, type EndpointSettings, parseEndpoint } from '../endpoint.ts';
import { sinkInvalid } from '../errors.ts';
import { asLine, asObject, FORMATS, type Format, JSON_FORMATS } from '../format/format.ts';
import { SecretFile } from '../secret-file.ts';
import type { AlertSink } from '../sink.ts';
import { COMMON, filePath } from '../sink-settings.ts';
import { type SinkContext, sinkType } from '../sink-type.ts';
import { type Certificates, SecuredAsk } from './secured-ask.ts';

/** RFC 9110, 5.6.2 and 5.5, without what we set ourselves. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, 'the name of a header')
  .refine(
    (name) => !/^(authorization|content-.*|host|connection|transfer-encoding)$/i.test(name),
    'is not yours to set',
  );
const headerValue = z.string().regex(/^[\x20-\x7e]{0,512}$/, 'printable ASCII');

const settings = z.strictObject({
  type: z.literal('http'),
  ...COMMON,
  /** Often a password in itself, so only its host is ever told. */
  url: z.url({ protocol: /^https?$/, error: 'an http or https URL' }),
  format: z.enum(FORMATS).default('ecs'),
  /** single: one alert a request; array: a JSON array; lines: one alert a line. */
  body: z.enum(['single', 'array', 'lines']).default('single'),
  /** Alerts in one request at most; with `array` and `lines`. */
  batchSize: z.int().min(1).max(1_000).optional(),
  /** A file that holds the token sent in `Authorization`. */
  secretFile: filePath.optional(),
  /** The word before it: `Bearer` (RFC 6750), or for example `Splunk`. */
  scheme: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,32}$/)
    .optional(),
  headers: z.record(headerName, headerValue).optional(),
  /** For one attempt from connecting to the end of the answer. */
  timeout: durationField.default(10_000),
  /** Whom to trust, instead of the authorities that come with the system. */
  caFile: filePath.optional(),
  certFile: filePath.optional(),
  keyFile: filePath.optional(),
});
type Settings = z.output<typeof settings>;

const BATCH = 100;

export const httpSinks = sinkType({
  type: 'http',
  settings,
  open(name, given, { path }) {
    refuseUseless(name, given);
    const asking = new SecuredAsk(() => readCertificates(given, path));
    const secret = given.secretFile === undefined ? undefined : new SecretFile(path(given.secretFile));
    try {
      readCertificates(given, path);
      secret?.readToken();
    } catch (cause) {
      throw sinkInvalid(name, (cause as Error).message, cause);
    }
    return new HttpSink(name, given, secret, asking);
  },
});

export type HttpShape = Pick<
  Settings,
  'url' | 'format' | 'body' | 'batchSize' | 'scheme' | 'headers' | 'timeout'
>;

export class HttpSink implements AlertSink {
  readonly name: string;
  readonly type = 'http';
  readonly batch: number;
  readonly #url: URL;
  readonly #shape: HttpShape;
  readonly #secret: Pick<SecretFile, 'readToken'> | undefined;
  readonly #asking: SecuredAsk;
  readonly #endpoint: Endpoint;

  constructor(
    name: string,
    shape: HttpShape,
    secret: Pick<SecretFile, 'readToken'> | undefined,
    asking: SecuredAsk,
  ) {
    this.name = name;
    this.batch = shape.body === 'single' ? 1 : (shape.batchSize ?? BATCH);
    this.#url = parseEndpoint(name, shape.url);
    this.#shape = shape;
    this.#secret = secret;
    this.#asking = asking;
    const ask: EndpointSettings['ask'] = (url, asked) => asking.ask(url, asked);
    this.#endpoint = new Endpoint({ label: 'http', timeoutMs: shape.timeout, ask });
  }

  async deliver(dispatches: readonly Dispatch[], signal: AbortSignal): Promise<void> {
    const { body, format } = this.#shape;
    const text = body === 'array' ? array(format, dispatches) : lines(format, dispatches);
    await this.#endpoint.post(this.#url, text, this.#headers(dispatches), signal);
  }

  reopen(): void {
    this.#asking.reopen();
  }

  async close(): Promise<boolean> {
    this.#asking.reopen();
    return true;
  }

  #headers(dispatches: readonly Dispatch[]): Record<string, string> {
    const { body, format, scheme = 'Bearer', headers } = this.#shape;
    const token = this.#secret?.readToken();
    return {
      ...headers,
      'Content-Type': contentType(body, format),
      ...(dispatches.length === 1 && { 'Idempotency-Key': dispatches[0].id }),
      ...(token !== undefined && { Authorization: `${scheme} ${token}` }),
    };
  }
}

function array(format: Format, dispatches: readonly Dispatch[]): string {
  return JSON.stringify(dispatches.map((dispatch) => isJson(format) && asObject(format, dispatch)));
}

function lines(format: Format, dispatches: readonly Dispatch[]): string {
  const all = dispatches.map((dispatch) => asLine(format, dispatch));
  return all.length === 1 && isJson(format) ? all[0] : `${all.join('\n')}\n`;
}

function contentType(body: Settings['body'], format: Format): string {
  if (!isJson(format)) return 'text/plain; charset=utf-8';
  return body === 'lines' ? 'application/x-ndjson' : 'application/json';
}

function isJson(format: Format): format is (typeof JSON_FORMATS)[number] {
  return JSON_FORMATS.some((one) => one === format);
}

/** Read for each connection, so that a renewed certificate needs no restart. */
function readCertificates({ caFile, certFile, keyFile }: Settings, path: SinkContext['path']): Certificates {
  return {
    ...(caFile !== undefined && { ca: readFileSync(path(caFile)) }),
    ...(certFile !== undefined && { cert: readFileSync(path(certFile)) }),
    ...(keyFile !== undefined && { key: readFileSync(path(keyFile)) }),
  };
}

function refuseUseless(name: string, given: Settings): void {
  const isSecure = given.url.startsWith('https:');
  const ofTls = (['caFile', 'certFile', 'keyFile'] as const).filter((key) => given[key] !== undefined);
  if (!isSecure && ofTls.length > 0) throw sinkInvalid(name, `${ofTls.join(', ')}: only with https`);
  if ((given.certFile === undefined) !== (given.keyFile === undefined))
    throw sinkInvalid(name, 'certFile and keyFile go together');
  if (given.body === 'single' && given.batchSize !== undefined)
    throw sinkInvalid(name, 'batchSize: only with body array or lines');
  if (given.body === 'array' && !isJson(given.format))
    throw sinkInvalid(name, `body array: ${given.format} is no JSON, take lines`);
  if (given.scheme !== undefined && given.secretFile === undefined)
    throw sinkInvalid(name, 'scheme: only with secretFile');
}
