/** What the list of flows is asked for; it lives in the address of the page, so that it can be sent to a colleague. */
import { formatWords } from '../part/format.ts';

export const FLOW_SORTS = [
  { value: 'lastSeen', words: 'Seen last' },
  { value: 'started', words: 'Started last' },
  { value: 'bytes', words: 'Most bytes' },
  { value: 'bytesOut', words: 'Most bytes sent' },
] as const;
export type FlowSort = (typeof FLOW_SORTS)[number]['value'];

export const VERDICTS = [
  { value: '', words: 'Any' },
  { value: 'allow', words: 'Allowed' },
  { value: 'deny', words: 'Denied' },
  { value: 'exempt', words: 'Exempt' },
] as const;
export type Verdict = (typeof VERDICTS)[number]['value'];

export const PROTOCOLS = [
  { value: '', words: 'Any' },
  { value: '6', words: 'tcp' },
  { value: '17', words: 'udp' },
  { value: '1', words: 'icmp' },
  { value: '58', words: 'icmpv6' },
  { value: '132', words: 'sctp' },
  { value: '47', words: 'gre' },
  { value: '50', words: 'esp' },
] as const;

/** As typed: what is no address the API says. */
export interface FlowFilter {
  readonly host: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: string;
  readonly verdict: Verdict;
  readonly rule: string;
  readonly sort: FlowSort;
}

const TEXTS = ['host', 'destination', 'protocol', 'port', 'rule'] as const;
const NUMBER = /^(0|[1-9][0-9]{0,4})$/;

export function filterOf(search: string): FlowFilter {
  const given = new URLSearchParams(search);
  const texts = Object.fromEntries(TEXTS.map((name) => [name, (given.get(name) ?? '').slice(0, 128)]));
  const { host = '', destination = '', protocol = '', port = '', rule = '' } = texts;
  const verdict = VERDICTS.find(({ value }) => value === given.get('verdict'))?.value ?? '';
  const sort = FLOW_SORTS.find(({ value }) => value === given.get('sort'))?.value ?? 'lastSeen';
  return { host, destination, protocol, port, verdict, rule, sort };
}

/** Without a question mark; '' for the list of all. */
export function searchOf({ sort, ...rest }: FlowFilter): string {
  const given = Object.entries(rest).filter(([, value]) => value !== '');
  if (sort !== 'lastSeen') given.push(['sort', sort]);
  return new URLSearchParams(given).toString();
}

export interface FlowQuery {
  readonly sort: FlowSort;
  readonly host?: string;
  readonly destination?: string;
  readonly protocol?: number;
  readonly port?: number;
  readonly verdict?: 'allow' | 'deny' | 'exempt';
  readonly rule?: string;
}

/** For the API; what is no number is left out, and `faultOf` says so. */
export function queryOf({ host, destination, protocol, port, verdict, rule, sort }: FlowFilter): FlowQuery {
  return {
    sort,
    ...(host.trim() && { host: host.trim() }),
    ...(destination.trim() && { destination: destination.trim() }),
    ...(NUMBER.test(protocol) && { protocol: Number(protocol) }),
    ...(faultOf({ port }) === undefined && port.trim() && { port: Number(port) }),
    ...(verdict && { verdict }),
    ...(rule.trim() && { rule: rule.trim() }),
  };
}

export function faultOf({ port }: Pick<FlowFilter, 'port'>): string | undefined {
  const text = port.trim();
  if (text === '' || (NUMBER.test(text) && Number(text) <= 65_535)) return undefined;
  return 'The port must be a number from 0 to 65535.';
}

interface Ends {
  readonly protocol: number;
  readonly host: string;
  readonly hostPort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly startedAtMs: number;
}

/** The same connection in two answers. */
export function flowKey({
  protocol,
  host,
  hostPort,
  destination,
  destinationPort,
  startedAtMs,
}: Ends): string {
  return `${protocol} ${host} ${hostPort} ${destination} ${destinationPort} ${startedAtMs}`;
}

const WITH_PORTS: readonly number[] = [6, 17, 33, 132, 136];

/** Where a flow goes to: `203.0.113.9:443`, `[2001:db8::9]:443`, without ports the address alone. */
export function endWords({ protocol, destination, destinationPort }: Ends): string {
  if (!WITH_PORTS.includes(protocol)) return destination;
  return destination.includes(':')
    ? `[${destination}]:${destinationPort}`
    : `${destination}:${destinationPort}`;
}

/** The service of a flow, as a block of it names it. */
export function serviceOf({ protocol, destinationPort }: Ends): { protocol: number; port: number | null } {
  const port = WITH_PORTS.includes(protocol) && destinationPort > 0 ? destinationPort : null;
  return { protocol, port };
}

/** `allowed by web`; `not outbound` for a flow that the policy has no say in. */
export function reasonWords({ verdict, because }: { verdict: string; because: string }): string {
  return verdict === 'exempt' ? formatWords(because) : because;
}
