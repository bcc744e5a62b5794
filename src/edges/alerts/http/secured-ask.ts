/** POST with certificates of one's own, which `fetch` cannot be given. Connections are kept for the next one. */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { type AgentOptions, Agent as SecureAgent, request as secureRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { Asked } from '../endpoint.ts';

export type Certificates = Pick<AgentOptions, 'ca' | 'cert' | 'key'>;

const MAX_CONNECTIONS = 2;
/** Answers without a body, which `Response` insists on. */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

export class SecuredAsk {
  readonly #certificates: () => Certificates;
  #agent: PlainAgent | SecureAgent | undefined;

  /** @param certificates are asked for when a connection is to be made anew */
  constructor(certificates: () => Certificates) {
    this.#certificates = certificates;
  }

  async ask(url: URL, { method, headers, body, signal }: Asked): Promise<Response> {
    const isSecure = url.protocol === 'https:';
    this.#agent ??= isSecure
      ? this.#secureAgent()
      : new PlainAgent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
    const length = String(Buffer.byteLength(body));
    const asked = { method, headers: { ...headers, 'Content-Length': length }, agent: this.#agent, signal };
    const request = isSecure ? secureRequest(url, asked) : plainRequest(url, asked);
    const answer = await new Promise<IncomingMessage>((done, failed) => {
      request.on('response', done);
      // As `fetch` does: what it was is the cause.
      request.on('error', (cause) =>
        failed(signal.aborted ? signal.reason : new TypeError('failed', { cause })),
      );
      request.end(body);
    });
    return responseOf(answer);
  }

  /** The next connection is made with what the files hold by then. */
  reopen(): void {
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  #secureAgent(): SecureAgent {
    const certificates = this.#certificates();
    return new SecureAgent({
      ...certificates,
      keepAlive: true,
      maxSockets: MAX_CONNECTIONS,
      minVersion: 'TLSv1.2',
    });
  }
}

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 502, headers } = answer;
  const known = { 'Retry-After': headers['retry-after'] };
  const given = Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== undefined);
  if (WITHOUT_BODY.includes(status)) {
    answer.resume();
    return new Response(null, { status, headers: given });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream, { status: within(status), headers: given });
}

/** `Response` takes no other. */
function within(status: number): number {
  return status >= 200 && status <= 599 ? status : 502;
}
