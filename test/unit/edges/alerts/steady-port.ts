/**
 * A port for a server that comes and goes. Not one of the kernel's choice: while nobody listens there, who tries to
 * connect may be given the very same as its own (ip_local_port_range), and is connected to itself.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

const FIRST = 10_000;
const PORTS = 20_000;

export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * PORTS);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue; // somebody else's
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
