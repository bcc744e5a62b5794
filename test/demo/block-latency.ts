/** The daemon's own measure of blocks: from the kernel's event to the acknowledged set element. */
import { until } from '../network/waiting.ts';
import type { Stage } from './stage.ts';

interface Reading {
  readonly count: number;
  readonly sumMs: number;
}

export async function readBlockLatency(stage: Stage): Promise<Reading> {
  const text: string = await stage.call('GET', '/metrics');
  const value = (name: string) =>
    Number(new RegExp(`^penstock_block_latency_seconds_${name} (.*)$`, 'm').exec(text)?.[1]);
  return { count: value('count'), sumMs: value('sum') * 1000 };
}

/** Milliseconds a block, over the `blocks` that have followed an earlier reading. */
export function latencySince(stage: Stage, before: Reading, blocks = 1): Promise<number> {
  return until('the metric of the block', async () => {
    const { count, sumMs } = await readBlockLatency(stage);
    return count === before.count + blocks ? (sumMs - before.sumMs) / blocks : undefined;
  });
}
