import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';

/** Wait until something on the host accepts TCP connections on the port. */
export async function waitUntilListening(network: Network, host: string, port: number): Promise<void> {
  await until(`${host} to listen on port ${port}`, async () => {
    const { stdout } = await network.runAsync(host, 'ss', ['-Hltn', `sport = :${port}`]);
    return stdout !== '';
  });
}
