/** The HTTP server, with limits on slow, idle and many connections. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';

const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  /** How often the first two are looked at; Node's own 30 s would stretch them. */
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
} satisfies ServerOptions;

const MAX_CONNECTIONS = 256;
const MAX_REQUESTS_PER_CONNECTION = 1_000;

/** Not listening yet. To stop it: `close()` and then `closeAllConnections()`, for event streams never end by themselves. */
export function createApiServer(app: RequestListener, limits: Partial<typeof LIMITS> = {}): Server {
  const server = createServer({ ...LIMITS, ...limits }, app);
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  return server;
}
