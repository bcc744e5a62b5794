/**
 * events: processor time of the daemon for a new flow, with as many connections as wished standing in the table. At a
 * steady rate, so that each size does the same.
 */
import type { EngineStatus } from '../../../src/engine/commands.ts';
import { DaemonProcess } from '../../network/daemon-process.ts';
import { Network } from '../../network/network.ts';
import { until } from '../../network/waiting.ts';
import type { Size } from '../benches.ts';
import { ConntrackTool, conntrackRoom, endExpired } from '../conntrack-entries.ts';
import { sendNewFlows } from '../flow-generator.ts';
import { processorSeconds } from '../processor.ts';
import type { Measured } from './growths.ts';

/** What stands is of 198.18.0.0/16, see conntrack-tool.c. */
const NEW = 0xc613_0000;
const ADDRESSES = 256;
/** What a daemon compiles in its first seconds is not what a flow costs. */
const LOADS = {
  full: { rate: 20_000, warmSeconds: 4, seconds: 5 },
  smoke: { rate: 1_000, warmSeconds: 0.2, seconds: 0.5 },
};
const ROOM = 500_000;
const PATIENCE = { timeoutMs: 60_000, everyMs: 250 };

const POLICY = `
apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: bench, owner: bench}
spec:
  mode: respond
  hostGroups: {lan: {cidrs: [10.1.0.0/16]}}
  services: {high: [{protocol: udp, ports: [1024-65535]}, {protocol: tcp, ports: [443]}]}
  rules: [{id: everything, from: [lan], to: {cidrs: [198.18.0.0/15]}, services: [high], owner: bench}]
  detectors:
    {scan: {}, failedConnections: {}, beacon: {}, volume: {}, oddHours: {}, newDestination: {}, longConnection: {},
     dnsTunnel: {}, icmpTunnel: {}, fanOut: {}, outlier: {}}
`;

export async function costOfEvents(standing: number, form: Size): Promise<Measured> {
  const { rate, warmSeconds, seconds } = LOADS[form];
  using _ = conntrackRoom(standing + ROOM);
  using tool = new ConntrackTool();
  const network = new Network('events');
  const daemon = new DaemonProcess(network, { policy: POLICY });
  try {
    network.inside('others', 11).outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    network.sysctl('gateway', 'net.netfilter.nf_conntrack_udp_timeout', '2');
    using _inside = network.enter('gateway');
    await daemon.start();
    tool.fill(standing);
    const flood = (forSeconds: number) => newFlows(network, daemon, standing, [rate, forSeconds]);
    await flood(warmSeconds);
    const before = processorSeconds(daemon.pid);
    const sent = await flood(seconds);
    return { events: { cost: ((processorSeconds(daemon.pid) - before) / sent) * 1e6, unit: 'us/flow' } };
  } finally {
    await daemon.discard();
    await network.destroy();
  }
}

/** Until they have ended too. @returns how many there were */
async function newFlows(
  network: Network,
  daemon: DaemonProcess,
  standing: number,
  [rate, seconds]: readonly [number, number],
): Promise<number> {
  const { sent } = await sendNewFlows(network, 'others', { rate, seconds, base: NEW, count: ADDRESSES });
  await until('only what stands', () => isQuiet(daemon, standing), PATIENCE);
  return sent;
}

async function isQuiet(daemon: DaemonProcess, standing: number): Promise<boolean> {
  endExpired();
  const { conntrack }: EngineStatus = (await daemon.call('GET', '/v1/status')).body;
  return conntrack.standingFlows >= standing && conntrack.standingFlows < standing + ADDRESSES;
}
