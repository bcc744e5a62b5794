/**
 * Is connection tracking on in this network namespace? Its hooks are registered only while a rule there uses `ct`;
 * otherwise there are no entries and no events, silently. Two ways to know:
 *
 *   1. The kernel lists the functions at a hook (NFNL_SUBSYS_HOOK, from 5.14, if built in): a sure yes or no.
 *   2. A probe: one datagram from loopback to itself must leave an entry. A sure yes; without an entry it may also
 *      be that a rule does not track loopback, or puts it in a zone, or that the device is down.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  AttributeCursor,
  beginNetfilter,
  type MessageCursor,
  type MessageWriter,
  NETLINK_NETFILTER,
  NetlinkClient,
  NetlinkError,
  NFGENMSG_BYTES,
  NFNL_SUBSYS_HOOK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  netfilterType,
} from 'node-netlink';
import { type Family, parseAddress } from '../address/address.ts';
import { emptyEntry } from './entry.ts';
import { addressFamily } from './message.ts';
import { ConntrackSocket } from './socket.ts';

const NFNL_MSG_HOOK_GET = 0;
const NFNLA_HOOK_HOOKNUM = 1;
const NFNLA_HOOK_FUNCTION_NAME = 4;
const NF_INET_PRE_ROUTING = 0;
const IPPROTO_UDP = 17;
/** What nf_conntrack_proto.c registers at prerouting. */
const HOOK_FUNCTION = { 4: 'ipv4_conntrack_in', 6: 'ipv6_conntrack_in' };
const LOOPBACK = { 4: '127.0.0.1', 6: '::1' };

/** 'unseen': the probe left no entry, which is a no unless rules treat loopback apart. */
export type HookState = 'registered' | 'absent' | 'unseen';

/**
 * Whether conntrack's hooks for this family are registered in the calling thread's network namespace.
 * @throws ConntrackKernelError
 */
export async function conntrackHooks(family: Family): Promise<HookState> {
  const functions = listHookFunctions(family);
  if (functions !== undefined) return functions.includes(HOOK_FUNCTION[family]) ? 'registered' : 'absent';
  const port = await loopbackDatagram(family);
  return port !== undefined && hasEntry(family, port) ? 'registered' : 'unseen';
}

/** Names of the functions at prerouting; undefined when this kernel does not list them. */
function listHookFunctions(family: Family): string[] | undefined {
  const names: (string | undefined)[] = [];
  try {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    const build = (writer: MessageWriter) => writeHookDump(writer, family);
    client.dump('list hooks', build, (message) => names.push(hookFunction(message)));
  } catch (error) {
    // nfnetlink answers EINVAL for a subsystem that is not there. Whatever it is, the probe tells.
    if (error instanceof NetlinkError) return undefined;
    throw error;
  }
  // A kernel without symbol names lists hooks without them.
  return names.every((name) => name !== undefined) ? names : undefined;
}

function writeHookDump(writer: MessageWriter, family: Family): void {
  const type = netfilterType(NFNL_SUBSYS_HOOK, NFNL_MSG_HOOK_GET);
  beginNetfilter(writer, type, NLM_F_REQUEST | NLM_F_DUMP, addressFamily(family));
  writer.networkU32(NFNLA_HOOK_HOOKNUM, NF_INET_PRE_ROUTING);
  writer.end();
}

/** NFNLA_HOOK_FUNCTION_NAME of a listed hook. */
export function hookFunction(message: MessageCursor): string | undefined {
  const cursor = new AttributeCursor().enter(message.view, message.start + NFGENMSG_BYTES, message.end);
  while (cursor.next()) if (cursor.type === NFNLA_HOOK_FUNCTION_NAME) return cursor.string();
  return undefined;
}

/** Send one datagram from a loopback port to itself. The port; undefined when it does not arrive. */
async function loopbackDatagram(family: Family): Promise<number | undefined> {
  const address = LOOPBACK[family];
  const probe = createSocket(family === 4 ? 'udp4' : 'udp6');
  try {
    probe.bind(0, address);
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.send('', port, address);
    await once(probe, 'message', { signal: AbortSignal.timeout(1_000) });
    return port;
  } catch {
    // No such address, a firewall, or the device is down: the probe tells nothing.
    return undefined;
  } finally {
    probe.close();
  }
}

function hasEntry(family: Family, port: number): boolean {
  const key = emptyEntry();
  Object.assign(key.original.source, parseAddress(LOOPBACK[family]));
  Object.assign(key.original.destination, key.original.source);
  Object.assign(key.original, { protocol: IPPROTO_UDP, sourcePort: port, destinationPort: port });
  using socket = ConntrackSocket.open({ events: [] });
  const entry = socket.find(key);
  if (entry) socket.delete(entry);
  return entry !== undefined;
}
