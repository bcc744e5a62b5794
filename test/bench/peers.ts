/**
 * block-vs-peers: from the first packet of a violation, or the line in the log that tells of it, until the block stands
 * in the kernel; beside fail2ban, which reads a log and bans by nftables. Both are seen by the same eyes: what the
 * kernel announces to `nft monitor`'s own multicast group.
 */
import { appendFileSync } from 'node:fs';
import { Poller } from 'node-netlink';
import { RulesetMonitor } from 'node-nftables';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Fail2ban } from '../network/foreign-firewall.ts';
import { Network } from '../network/network.ts';
import { type Figure, figure, median } from './figure.ts';
import { blockingPolicy } from './policy-files.ts';
import { UdpSender } from './udp-sender.ts';

const DENIED = 0xc612_0001;
const PATIENCE_MS = 30_000;

export interface PeersLoad {
  readonly rounds: number;
}

export async function benchPeers({ rounds }: PeersLoad): Promise<Figure[]> {
  const ours = await withGateway((network) => byPenstock(network, rounds));
  const theirs = await withGateway((network) => byFail2ban(network, rounds));
  return [figure('block-vs-peers', median(ours), 'ms', 'fail2ban', median(theirs))];
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

async function byPenstock(network: Network, rounds: number): Promise<number[]> {
  const sender = senderOf(network, 'culprit');
  const daemon = new DaemonProcess(network, { policy: blockingPolicy() });
  try {
    using _ = network.enter('gateway');
    await daemon.start();
    return untilAnnounced(rounds, (round) => sender.send(DENIED + round, 4433));
  } finally {
    await daemon.discard();
  }
}

function senderOf(network: Network, host: string): UdpSender {
  using _ = network.enter(host);
  return new UdpSender();
}

async function byFail2ban(network: Network, rounds: number): Promise<number[]> {
  const fail2ban = await Fail2ban.start(network);
  try {
    fail2ban.command('set', Fail2ban.JAIL, 'maxretry', '1');
    using _ = network.enter('gateway');
    return untilAnnounced(rounds, (round) => appendFileSync(fail2ban.log, `refused 198.18.0.${round + 1}\n`));
  } finally {
    fail2ban.remove();
  }
}

/** Milliseconds from each call of `violate` until an element has been added. */
function untilAnnounced(rounds: number, violate: (round: number) => void): number[] {
  using monitor = RulesetMonitor.open();
  const poller = new Poller([monitor.fd]);
  return Array.from({ length: rounds }, (_, round) => {
    const began = performance.now();
    violate(round);
    for (let added = false; !added; ) {
      if (performance.now() - began > PATIENCE_MS) throw new Error(`no block in ${PATIENCE_MS} ms`);
      poller.wait(1_000);
      while (
        monitor.drain(({ kind }) => {
          added ||= kind === 'element';
        }).more
      );
    }
    return performance.now() - began;
  });
}
