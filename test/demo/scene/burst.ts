import { latencySince, readBlockLatency } from '../block-latency.ts';
import { CHAT, type Stage } from '../stage.ts';

const PORTS = Array.from({ length: 10 }, (_, i) => 6_001 + i);

/** The first block after a start runs code for the first time; these show what the next ones cost. */
export async function burst(stage: Stage): Promise<void> {
  const { report, network } = stage;
  report.scene('6. The same host goes on: one datagram to each of ten ports');
  const before = await readBlockLatency(stage);
  for (const port of PORTS)
    network.run('laptop', 'socat', ['-u', 'STDIN', `UDP4:${CHAT}:${port}`], { input: 'x' });
  const mean = await latencySince(stage, before, PORTS.length);
  report.step("burst: kernel's event to block in the kernel, mean of ten", mean);
  const { decisions } = await stage.call('GET', '/v1/status');
  report.claim(
    `each has its block: ${decisions.provisional} are provisional`,
    decisions.provisional >= PORTS.length,
  );
}
