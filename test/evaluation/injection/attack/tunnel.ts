/** Data that is carried out inside DNS queries or echo requests. */
import { type Address, parseAddress } from '../../../../src/address/address.ts';
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { exchange, ICMP, outsideAddress, UDP } from '../connection.ts';
import type { Draw } from '../draw.ts';
import type { Scene } from '../scene.ts';

export interface TunnelShape {
  /** Sent, with headers, by second. */
  readonly bytesPerS: number;
  readonly spanS: number;
}

/** A name of 255 bytes in a query is 300 with all headers; tools stay a little below (RFC 1035 section 2.3.4). */
const QUERY = { least: 190, most: 290 };
const ECHO = { least: 500, most: 1_400 };
/** A socket is used for this long: then there is a flow more. */
const SOCKET_S = 180;
const RESOLVER: Address = parseAddress('9.9.9.9');

/** Over the resolver that everybody may ask, by queries of one domain. */
export function dnsTunnel(scene: Scene, shape: TunnelShape, draw: Draw): RecordedFlow[] {
  const packet = draw.uniform(QUERY.least, QUERY.most);
  return sockets(
    scene,
    shape,
    { destination: RESOLVER, port: 53, protocol: UDP, packet, answer: packet * 1.2 },
    draw,
  );
}

export function icmpTunnel(scene: Scene, shape: TunnelShape, draw: Draw): RecordedFlow[] {
  const packet = draw.uniform(ECHO.least, ECHO.most);
  const destination = outsideAddress(draw);
  return sockets(scene, shape, { destination, port: 0, protocol: ICMP, packet, answer: packet }, draw);
}

interface Carrier {
  readonly destination: Address;
  readonly port: number;
  readonly protocol: number;
  readonly packet: number;
  readonly answer: number;
}

function sockets(
  { host, startMs }: Scene,
  { bytesPerS, spanS }: TunnelShape,
  { destination, port, protocol, packet, answer }: Carrier,
  draw: Draw,
): RecordedFlow[] {
  const ends = { host, destination, port };
  const flows: RecordedFlow[] = [];
  for (let fromS = 0; fromS < spanS; fromS += SOCKET_S) {
    const socketS = Math.min(SOCKET_S, spanS - fromS);
    const datagrams = {
      startedAtMs: startMs + fromS * 1000,
      durationMs: socketS * 1000 - 1,
      packets: Math.round((bytesPerS * socketS) / packet),
      packetOut: packet,
      packetIn: answer,
    };
    flows.push(exchange(ends, protocol, datagrams, draw));
  }
  return flows;
}
