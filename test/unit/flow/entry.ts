import { type Address, type MutableAddress, parseAddress } from '../../../src/address/address.ts';
import { parsePrefix, prefixContains } from '../../../src/address/prefix.ts';
import { type ConntrackEntry, type EventKind, emptyEntry } from '../../../src/conntrack/entry.ts';
import { IPS_CONFIRMED, IPS_SEEN_REPLY } from '../../../src/conntrack/status.ts';
import { copyFlow } from '../../../src/flow/flow-reader.ts';
import { FlowTable, type TableChange } from '../../../src/flow/flow-table.ts';

export interface EntryText {
  event?: EventKind;
  /** `address port` of both ends; a port alone is the ICMP id or type and code. */
  from?: string;
  to?: string;
  /** Where it went after NAT; default `to`. */
  translated?: string;
  /** How the destination sees the originator; default `from`. */
  masqueraded?: string;
  protocol?: number;
  icmp?: { type: number; code: number; id: number };
  id?: number;
  zone?: number;
  zoneDirection?: ConntrackEntry['zoneDirection'];
  /** Original bytes, packets, reply bytes, packets. */
  counters?: readonly [number, number, number, number];
  startedAtMs?: number;
  stoppedAtMs?: number;
  eventAtMs?: number;
  replied?: boolean;
}

export function entry(text: EntryText = {}): ConntrackEntry {
  const { from = '10.1.0.10 40000', to = '192.0.2.1 443', translated = to, masqueraded = from, icmp } = text;
  const made = emptyEntry();
  const { original, reply } = made;
  made.event = text.event ?? 'new';
  original.protocol = reply.protocol = text.protocol ?? 6;
  original.sourcePort = end(original.source, from);
  original.destinationPort = end(original.destination, to);
  reply.sourcePort = end(reply.source, translated);
  reply.destinationPort = end(reply.destination, masqueraded);
  if (icmp) {
    for (const tuple of [original, reply]) {
      tuple.sourcePort = tuple.destinationPort = 0;
      [tuple.icmpType, tuple.icmpCode, tuple.icmpId] = [icmp.type, icmp.code, icmp.id];
    }
  }
  made.id = text.id ?? 1;
  made.zone = text.zone ?? 0;
  made.zoneDirection = text.zoneDirection ?? 'both';
  made.status = IPS_CONFIRMED | (text.replied ? IPS_SEEN_REPLY : 0);
  made.startedAtMs = text.startedAtMs ?? 0;
  made.stoppedAtMs = text.stoppedAtMs ?? 0;
  made.eventAtMs = text.eventAtMs ?? 0;
  if (text.counters) {
    made.hasCounters = true;
    [made.originalBytes, made.originalPackets, made.replyBytes, made.replyPackets] = text.counters;
  }
  return made;
}

function end(address: MutableAddress, text: string): number {
  const [host, port = '0'] = text.split(' ');
  Object.assign(address, parseAddress(host));
  return Number(port);
}

const OURS = ['10.0.0.0/8', 'fd00::/8'].map(parsePrefix);

export function isOurs(address: Address): boolean {
  return OURS.some((prefix) => prefixContains(prefix, address));
}

/** A table whose reports are kept. */
export function recordedTable(maxFlows = 100): {
  table: FlowTable;
  changes: TableChange[];
  observe: (text: EntryText, nowMs?: number) => TableChange[];
  endResync: () => TableChange[];
} {
  const table = new FlowTable({ isOurs, maxFlows });
  const changes: TableChange[] = [];
  const report = (change: TableChange) => {
    changes.push({ ...change, flow: copyFlow(change.flow) });
  };
  const since = (act: () => void) => {
    const before = changes.length;
    act();
    return changes.slice(before);
  };
  return {
    table,
    changes,
    observe: (text, nowMs = 1_000) => since(() => table.observe(entry(text), nowMs, report)),
    endResync: () => since(() => table.endResync(report)),
  };
}
