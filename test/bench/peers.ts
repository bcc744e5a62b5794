/**
 * block-vs-peers: from the first packet of a violation, or the line in the log that tells of it, until the block stands
 * in the kernel. Beside it fail2ban and CrowdSec with its firewall bouncer, which read a log and block by nftables, as
 * Debian sets them up (`backend = auto`, `update_frequency: 10s`), and fail2ban where it has to poll. All are seen by
 * the same eyes: what the kernel announces to `nft monitor`'s own multicast group.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Poller } from 'node-netlink';
import { RulesetMonitor } from 'node-nftables';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Fail2ban } from '../network/foreign-firewall.ts';
import { Network } from '../network/network.ts';
import { CrowdSec } from './crowdsec.ts';
import { type Figure, figure, median } from './figure.ts';
import { blockingPolicy } from './policy-files.ts';
import { UdpSender } from './udp-sender.ts';

const DENIED = 0xc612_0001;
const PATIENCE_MS = 30_000;

export interface PeersLoad {
  /** Of our daemon before the first violation: its start is not measured. */
  readonly leadSeconds: number;
  readonly rounds: number;
  /** Of CrowdSec, each of which takes some 10 s. */
  readonly slowRounds: number;
}

export async function benchPeers({ leadSeconds, rounds, slowRounds }: PeersLoad): Promise<Figure[]> {
  const ours = await withGateway((network) => byPenstock(network, leadSeconds, rounds));
  const peers = {
    'fail2ban, backend auto': await withGateway((network) => byFail2ban(network, rounds, 'auto')),
    'fail2ban, backend polling': await withGateway((network) => byFail2ban(network, rounds, 'polling')),
    'CrowdSec and its bouncer': await withGateway((network) => byCrowdSec(network, slowRounds)),
  };
  return Object.entries(peers).map(([peer, theirs]) =>
    figure(`block-vs-peers (${peer})`, median(ours), 'ms', peer, median(theirs)),
  );
}

async function withGateway<T>(work: (network: Network) => Promise<T>): Promise<T> {
  const network = new Network('peers');
  try {
    network.inside('culprit', 10).outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    return await work(network);
  } finally {
    await network.destroy();
  }
}

async function byPenstock(network: Network, leadSeconds: number, rounds: number): Promise<number[]> {
  const sender = senderOf(network, 'culprit');
  const daemon = new DaemonProcess(network, { policy: blockingPolicy() });
  try {
    using _ = network.enter('gateway');
    await daemon.start();
    await pause(leadSeconds * 1_000);
    const times = await untilAnnounced(rounds, (round) => sender.send(DENIED + round, 4433), 1_000);
    const { medianMs } = (await daemon.call('GET', '/v1/status')).body.blockLatency;
    process.stderr.write(
      `ours: ${medianMs.toFixed(2)} ms from the kernel's event, by the daemon's own metric\n`,
    );
    return times;
  } finally {
    await daemon.discard();
  }
}

function senderOf(network: Network, host: string): UdpSender {
  using _ = network.enter(host);
  return new UdpSender();
}

async function byFail2ban(network: Network, rounds: number, backend: string): Promise<number[]> {
  const fail2ban = await Fail2ban.start(network, backend);
  try {
    fail2ban.command('set', Fail2ban.JAIL, 'maxretry', '1');
    using _ = network.enter('gateway');
    return await untilAnnounced(rounds, offence(fail2ban.log), 1_000);
  } finally {
    fail2ban.remove();
  }
}

async function byCrowdSec(network: Network, rounds: number): Promise<number[]> {
  const crowdsec = await CrowdSec.start(network);
  try {
    using _ = network.enter('gateway');
    return await untilAnnounced(rounds, offence(crowdsec.log), 10_000);
  } finally {
    crowdsec.remove();
  }
}

function offence(log: string): (round: number) => void {
  return (round) => appendFileSync(log, `refused 198.18.0.${round + 1}\n`);
}

/**
 * Milliseconds from each call of `violate` until an element has been added. `periodMs`: who asks every so often has just
 * asked when a block comes; a while between the rounds makes violations come at any time.
 */
async function untilAnnounced(
  rounds: number,
  violate: (round: number) => void,
  periodMs: number,
): Promise<number[]> {
  using monitor = RulesetMonitor.open();
  const poller = new Poller([monitor.fd]);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await pause(Math.random() * periodMs);
    times.push(oneAnnounced(monitor, poller, () => violate(round)));
  }
  return times;
}

function oneAnnounced(monitor: RulesetMonitor, poller: Poller, violate: () => void): number {
  const began = performance.now();
  violate();
  for (let added = false; !added; ) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`no block in ${PATIENCE_MS} ms`);
    poller.wait(1_000);
    while (
      monitor.drain(({ kind, action }) => {
        added ||= kind === 'element' && action === 'new';
      }).more
    );
  }
  return performance.now() - began;
}
