/**
 * A namespace with connection tracking on, and real traffic inside it between addresses of its loopback device.
 * Sockets of this process belong to it. Documentation addresses only (RFC 5737, RFC 3849).
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { prepareConntrack } from '../../../src/conntrack/preparation.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

const ADDRESSES = ['192.0.2.1', '192.0.2.2', '198.51.100.1', '203.0.113.1', '2001:db8::1', '2001:db8::2'];

/** Zones, a mark, and NAT: 198.51.100.1:80 is really 192.0.2.2:8080, seen there as from 203.0.113.1. */
const RULES = `
table inet tracked {
  chain zones {
    type filter hook output priority raw
    udp dport 4001 ct zone set 7
    udp sport 4001 ct zone set 7
    udp dport 4002 ct original zone set 9
  }
  chain output {
    type filter hook output priority filter
    udp dport 4003 ct mark set 0xdeadbeef
    ct state new accept
  }
}
table ip nat {
  chain output {
    type nat hook output priority -100
    ip daddr 198.51.100.1 tcp dport 80 dnat to 192.0.2.2:8080
  }
  chain postrouting {
    type nat hook postrouting priority 100
    ip daddr 192.0.2.2 tcp dport 8080 snat to 203.0.113.1
  }
}
`;

/** Entered by this thread, with counters and start times on. */
export function trackedNamespace(): ThreadNamespace {
  const namespace = new ThreadNamespace();
  for (const address of ADDRESSES) {
    const [length, flags] = address.includes(':') ? ['128', ['nodad']] : ['32', []];
    namespace.run('ip', 'address', 'add', `${address}/${length}`, 'dev', 'lo', ...flags);
  }
  prepareConntrack();
  namespace.nft(RULES);
  return namespace;
}

/** One connection: 1,000 bytes out, 3,000 back, closed. The server listens on `listen` when NAT changes the address. */
export async function tcp(
  source: string,
  destination: string,
  port: number,
  listen = { host: destination, port },
): Promise<void> {
  const server = createServer((peer) => peer.once('data', () => peer.end(Buffer.alloc(3_000))));
  server.listen(listen);
  await once(server, 'listening');
  const client = connect({ host: destination, port, localAddress: source });
  client.write(Buffer.alloc(1_000));
  client.resume();
  await once(client, 'close');
  server.close();
  await once(server, 'close');
}

async function bound(address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', reuseAddr: true });
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

/** A datagram of 5 bytes to each port from the same source port, and when `answer`, 6 bytes back. */
export async function udp(
  source: string,
  sourcePort: number,
  destination: string,
  ports: number[],
  answer = true,
): Promise<void> {
  const client = await bound(source, sourcePort);
  for (const port of ports) {
    const server = await bound(destination, port);
    client.send('hello', port, destination);
    await once(server, 'message');
    if (answer) {
      server.send('answer', sourcePort, source);
      await once(client, 'message');
    }
    server.close();
  }
  client.close();
}

export function ping(namespace: ThreadNamespace, source: string, destination: string): void {
  namespace.run('ping', '-n', '-c', '1', '-I', source, destination);
}
