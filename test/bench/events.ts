/**
 * New flows from a generator flat out, through flow table, policy and all detectors:
 *
 *   events-rate   flows a second that the gateway made beside the daemon; beside the same without a daemon
 *   events-cost   processor time of the daemon a flow, once it is warm; beside the goal
 *   events-lost   times that the kernel dropped events; beside the events that it told
 */
import type { EngineStatus } from '../../src/engine/commands.ts';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { conntrackRoom, endExpired } from './conntrack-entries.ts';
import { type Figure, figure } from './figure.ts';
import { sendNewFlows } from './flow-generator.ts';
import { processorSeconds } from './processor.ts';

const ALLOWED = 0xc613_0000;
const ADDRESSES = 256;
const ROOM = 2_000_000;
const GOAL_US = 12;
const PATIENCE = { timeoutMs: 60_000, everyMs: 250 };

const POLICY = `
apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: bench, owner: bench}
spec:
  mode: respond
  hostGroups: {lan: {cidrs: [10.1.0.0/24]}}
  services: {high: [{protocol: udp, ports: [1024-65535]}]}
  rules: [{id: everything, from: [lan], to: {cidrs: [198.18.0.0/15]}, services: [high], owner: bench}]
  detectors:
    {scan: {}, failedConnections: {}, beacon: {}, volume: {}, oddHours: {}, newDestination: {}, longConnection: {},
     dnsTunnel: {}, icmpTunnel: {}, fanOut: {}, outlier: {}}
`;

export interface EventsLoad {
  readonly seconds: number;
}

export async function benchEvents({ seconds }: EventsLoad): Promise<Figure[]> {
  using _ = conntrackRoom(ROOM);
  const alone = await withGateway(async (network) => flatOut(network, seconds));
  return await withGateway(async (network) => {
    const daemon = new DaemonProcess(network, { policy: POLICY });
    using _inside = network.enter('gateway');
    try {
      await daemon.start();
      // What a daemon compiles in its first seconds is not what a flow costs.
      const first = await flatOut(network, seconds / 2);
      await until('all events of the first flows', () => caughtUp(daemon, first.flows), PATIENCE);
      const before = processorSeconds(daemon.pid);
      const made = await flatOut(network, seconds);
      const flows = first.flows + made.flows;
      const { conntrack } = await until('all events', () => caughtUp(daemon, flows), PATIENCE);
      const costUs = ((processorSeconds(daemon.pid) - before) / made.flows) * 1e6;
      return [
        figure('events-rate', made.rate, 'flows/s', 'without a daemon', alone.rate),
        figure('events-cost', costUs, 'us/flow', 'the goal', GOAL_US),
        figure('events-lost', conntrack.lost, 'times', 'events', conntrack.events),
      ];
    } finally {
      await daemon.discard();
    }
  });
}

async function withGateway<T>(work: (network: Network) => Promise<T>): Promise<T> {
  const network = new Network('events');
  try {
    network.inside('others', 11).outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    const tracking = `table inet tracking {
      counter new {}
      chain forward { type filter hook forward priority 10; ct state new counter name new; }
    }`;
    network.run('gateway', 'nft', ['-f', '-'], { input: tracking });
    network.sysctl('gateway', 'net.netfilter.nf_conntrack_udp_timeout', '2');
    return await work(network);
  } finally {
    await network.destroy();
  }
}

/** Flows as the gateway counts them: of what is sent flat out some never gets there. */
async function flatOut(network: Network, seconds: number): Promise<{ flows: number; rate: number }> {
  const before = newFlows(network);
  const flatOut = { rate: 0, seconds, base: ALLOWED, count: ADDRESSES };
  const generated = await sendNewFlows(network, 'others', flatOut);
  const flows = newFlows(network) - before;
  return { flows, rate: flows / generated.seconds };
}

function newFlows(network: Network): number {
  const { stdout } = network.run('gateway', 'nft', ['-j', 'list', 'counter', 'inet', 'tracking', 'new']);
  const listed: { counter?: { packets: number } }[] = JSON.parse(stdout).nftables;
  const packets = listed.find(({ counter }) => counter)?.counter?.packets;
  if (packets === undefined) throw new Error(`no counter: ${stdout}`);
  return packets;
}

/**
 * Each flow begins, and after two seconds ends. From the generator's last flow on, so that not all of them end at the same
 * moment.
 */
async function caughtUp(daemon: DaemonProcess, flows: number): Promise<EngineStatus | undefined> {
  endExpired();
  const status: EngineStatus = (await daemon.call('GET', '/v1/status')).body;
  const ended = status.conntrack.events >= 2 * flows || status.conntrack.lost > 0;
  return ended && status.conntrack.standingFlows < ADDRESSES ? status : undefined;
}
