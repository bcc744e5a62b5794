/**
 * block-vs-peers: from the first packet of a violation, or the line in the log that tells of it, until the block stands
 * in the kernel. Beside it fail2ban and CrowdSec with its firewall bouncer, which read a log and block by nftables, as
 * Debian sets them up (`backend = auto`, `update_frequency: 10s`), fail2ban where it has to poll, and the kernel's own
 * limit on this machine: a program in C that has nothing to decide and to record.
 *
 * All are seen by the same eyes, which are in C too: violation.c sends or writes, and waits for what the kernel announces
 * to `nft monitor`'s own multicast group. All rest as long between two violations, so that none is warmer than another.
 * Once the gateway has nothing else to do, and once it is as busy as for block-latency.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Fail2ban } from '../network/foreign-firewall.ts';
import { Network } from '../network/network.ts';
import { type Beside, beside, nameOf } from './beside.ts';
import { blockedSet, ConntrackTool } from './conntrack-entries.ts';
import { CrowdSec } from './crowdsec.ts';
import { type Figure, figure, median } from './figure.ts';
import { blockingPolicy } from './policy-files.ts';
import { Violation } from './violation.ts';

const DENIED = 0xc612_0001;
const PACKETS = { packetFrom: 'culprit', address: DENIED, port: 4433 } as const;
/** Of fail2ban, and of whoever does not poll. */
const PERIOD_MS = 1_000;
const CROWDSEC_PERIOD_MS = 10_000;

export interface PeersLoad extends Beside {
  /** Of our daemon before the first violation: its start is not measured. */
  readonly leadSeconds: number;
  readonly rounds: number;
  /** Of CrowdSec, each of which takes some 10 s. */
  readonly slowRounds: number;
}

export async function benchPeers(load: PeersLoad): Promise<Figure[]> {
  using eyes = new Violation();
  const by = async (peer: (network: Network) => Promise<number[]>) => median(await withGateway(peer));
  const ours = await by((network) => byPenstock(network, eyes, load));
  const peers = {
    'C that only adds the element': await by((network) => byC(network, eyes, load)),
    'fail2ban, backend auto': await by((network) => byFail2ban(network, eyes, load, 'auto')),
    'fail2ban, backend polling': await by((network) => byFail2ban(network, eyes, load, 'polling')),
    'CrowdSec and its bouncer': await by((network) => byCrowdSec(network, eyes, load)),
  };
  return Object.entries(peers).map(([peer, theirs]) =>
    figure(`block-vs-peers (${peer}, ${nameOf(load)})`, ours, 'ms', peer, theirs),
  );
}

async function withGateway<T>(work: (network: Network) => Promise<T>): Promise<T> {
  const network = new Network('peers');
  try {
    network
      .inside('culprit', 10)
      .inside('others', 11)
      .outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    return await work(network);
  } finally {
    await network.destroy();
  }
}

async function byPenstock(network: Network, eyes: Violation, load: PeersLoad): Promise<number[]> {
  const daemon = new DaemonProcess(network, { policy: blockingPolicy() });
  try {
    using _ = network.enter('gateway');
    await daemon.start();
    const times = await beside(network, load, daemon, async () => {
      await pause(load.leadSeconds * 1_000);
      return await eyes.untilAnnounced(network, PACKETS, { rounds: load.rounds, pauseMs: PERIOD_MS });
    });
    const { medianMs } = (await daemon.call('GET', '/v1/status')).body.blockLatency;
    process.stderr.write(
      `ours: ${medianMs.toFixed(2)} ms from the kernel's event, by the daemon's own metric\n`,
    );
    return times;
  } finally {
    await daemon.discard();
  }
}

async function byC(network: Network, eyes: Violation, load: PeersLoad): Promise<number[]> {
  using tool = new ConntrackTool();
  blockedSet(network);
  const often = { rounds: load.rounds, pauseMs: PERIOD_MS };
  return await tool.blocking(network, DENIED, () =>
    beside(network, load, undefined, () => eyes.untilAnnounced(network, PACKETS, often)),
  );
}

async function byFail2ban(
  network: Network,
  eyes: Violation,
  load: PeersLoad,
  backend: string,
): Promise<number[]> {
  const fail2ban = await Fail2ban.start(network, backend);
  try {
    fail2ban.command('set', Fail2ban.JAIL, 'maxretry', '1');
    const often = { rounds: load.rounds, pauseMs: PERIOD_MS };
    return await beside(network, load, undefined, () =>
      eyes.untilAnnounced(network, lines(fail2ban.log), often),
    );
  } finally {
    fail2ban.remove();
  }
}

async function byCrowdSec(network: Network, eyes: Violation, load: PeersLoad): Promise<number[]> {
  const crowdsec = await CrowdSec.start(network);
  try {
    const often = { rounds: load.slowRounds, pauseMs: CROWDSEC_PERIOD_MS };
    return await beside(network, load, undefined, () =>
      eyes.untilAnnounced(network, lines(crowdsec.log), often),
    );
  } finally {
    crowdsec.remove();
  }
}

function lines(log: string) {
  return { lineIn: log, address: DENIED };
}
