/** Real clients on inside hosts; each returns whether it got through. */
import type { Stage } from './stage.ts';

/** @returns milliseconds by curl's own clock, or undefined when it failed */
export async function fetchPage(
  { network }: Stage,
  host: string,
  address: string,
): Promise<number | undefined> {
  const options = ['-sf', '-o', '/dev/null', '--max-time', '2', '-w', '%{time_total}'];
  const { status, stdout } = await network.runAsync(host, 'curl', [...options, `http://${address}/`]);
  return status === 0 ? Number(stdout) * 1000 : undefined;
}

export async function pings({ network }: Stage, host: string, address: string): Promise<boolean> {
  return (await network.runAsync(host, 'ping', ['-c', '1', '-W', '1', address])).status === 0;
}

/** Open a TCP connection and close it. */
export async function connects(
  { network }: Stage,
  host: string,
  address: string,
  port: number,
): Promise<boolean> {
  const target = `TCP4:${address}:${port},connect-timeout=0.5`;
  return (await network.runAsync(host, 'socat', ['-u', 'OPEN:/dev/null', target])).status === 0;
}
