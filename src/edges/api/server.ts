/** The HTTP server, with limits on slow, idle and many connections. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';

const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  /** How often the first two are looked at; Node's own 30 s would stretch them. */
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
} satisfies ServerOptions;

/** Before the handshake is done, the limits above do not count yet. */
const HANDSHAKE_MS = 10_000;
const MAX_CONNECTIONS = 256;
const MAX_REQUESTS_PER_CONNECTION = 1_000;
/** On which nothing comes or goes; event streams say every 15 s that they live. */
const MAX_SILENCE_MS = 120_000;

export type ApiServer = Server | TlsServer;

/** Not listening yet. To stop it: `close()` and then `closeAllConnections()`, for event streams never end by themselves. */
export function createApiServer(
  app: RequestListener,
  limits: Partial<typeof LIMITS> = {},
  tls?: TlsOptions,
): ApiServer {
  const options = { ...LIMITS, ...limits };
  const server = tls
    ? createTlsServer(
        { ...options, ...tls, handshakeTimeout: HANDSHAKE_MS, ALPNProtocols: ['http/1.1'] },
        app,
      )
    : createServer(options, app);
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  server.timeout = MAX_SILENCE_MS;
  return server;
}
