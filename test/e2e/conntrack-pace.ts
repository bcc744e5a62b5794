/** Conntrack that is done with a connection soon after its end, so that a test need not wait for minutes. */
import type { Network } from '../network/network.ts';

/** A dump ends what is over (ctnetlink_dump_table in the kernel's nf_conntrack_netlink.c); else it may take a minute. */
const LOOK_OFTEN = 'while :; do conntrack -L; sleep 1; done';

export function endSoon(network: Network): void {
  for (const state of ['time_wait', 'close'])
    network.sysctl('gateway', `net.netfilter.nf_conntrack_tcp_timeout_${state}`, '1');
  network.start('gateway', 'sh', ['-c', LOOK_OFTEN], { stdio: 'ignore' });
}
