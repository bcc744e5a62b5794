import { parseAddress } from '../../../src/address/address.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import { emptyFlow } from '../../../src/flow/flow-reader.ts';

export interface FlowText {
  direction?: Flow['direction'];
  protocol?: number;
  host?: string;
  hostPort?: number;
  /** `address port`. */
  to?: string;
  /** Where NAT sent it; default `to`. */
  translated?: string;
}

export function flowOf(text: FlowText = {}): Flow {
  const {
    direction = 'outbound',
    protocol = 6,
    host = '10.1.0.10',
    to = '192.0.2.1 443',
    translated = to,
  } = text;
  const [destination, destinationPort = '0'] = to.split(' ');
  const [went, translatedPort = '0'] = translated.split(' ');
  return {
    ...emptyFlow(),
    direction,
    protocol,
    host: parseAddress(host),
    hostPort: text.hostPort ?? 0,
    destination: parseAddress(destination),
    destinationPort: Number(destinationPort),
    translated: parseAddress(went),
    translatedPort: Number(translatedPort),
  };
}
