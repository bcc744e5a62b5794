/**
 * Requests to the API by route and status, and how long they took. A route is its pattern (`/v1/incidents/:id`), so
 * that no path that somebody makes up becomes a label; what fits no route is `none`.
 */
import type { RequestHandler, Response } from 'express';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];
const STREAM = 'text/event-stream';

export class ApiMeter {
  readonly #requests: Counter<'route' | 'method' | 'status'>;
  readonly #seconds: Histogram<'route' | 'method'>;
  /** Begun and not ended. */
  readonly #open = new Set<Response>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: 'penstock_api_requests_total',
      help: 'Requests answered',
      labelNames: ['route', 'method', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'penstock_api_request_seconds',
      help: 'From the request line to the end of the answer; event streams are not timed',
      labelNames: ['route', 'method'],
      buckets: BUCKETS,
      registers,
    });
    const counting = (name: string, help: string, counts: (response: Response) => boolean) => {
      const open = this.#open;
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set([...open].filter(counts).length);
        },
      });
    };
    counting('penstock_api_streams', 'Event streams that are open', isStream);
    counting(
      'penstock_api_requests_open',
      'Requests that are being answered, streams left out',
      (response) => !isStream(response),
    );
  }

  /** To be asked before anything else. */
  readonly handler: RequestHandler = (request, response, next) => {
    const startedAt = performance.now();
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
      const route: string = request.route?.path ?? 'none';
      const method = METHODS.has(request.method) ? request.method : 'other';
      this.#requests.inc({ route, method, status: String(response.statusCode) });
      if (!isStream(response))
        this.#seconds.observe({ route, method }, (performance.now() - startedAt) / 1_000);
    });
    next();
  };
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);

function isStream(response: Response): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith(STREAM);
}
