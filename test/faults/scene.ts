/** One gateway with one inside host and a daemon, for tests that harm the daemon; this thread is in the gateway. */
import { expect } from 'vitest';
import type { Decision, Target } from '../../src/decision/decision.ts';
import { type DaemonOptions, DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { allDecisions, expectSound } from './soundness.ts';

/** What no rule allows, which is everything, is answered by `action`. */
export function denyingPolicy(
  action: string,
  { name = 'denying', neverBlock = [] as string[] } = {},
): string {
  return `
apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: ${name}}
spec:
  mode: respond
  hostGroups: {inside: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}}
  neverBlock: {destinations: ${JSON.stringify(neverBlock)}}
  response:
    actions: [{detector: policyViolation, ${action}}]
    guardrails: {maxBlocksPerMinute: 1000}
`;
}

export class Scene {
  readonly network: Network;
  readonly daemon: DaemonProcess;
  readonly #entered: Disposable;

  private constructor(network: Network, options: DaemonOptions) {
    this.network = network;
    this.daemon = new DaemonProcess(network, options);
    this.#entered = network.enter('gateway');
  }

  /** `prepare`: what is done before the daemon starts. */
  static async open(
    label: string,
    options: DaemonOptions,
    prepare: (daemon: DaemonProcess) => void = () => {},
  ): Promise<Scene> {
    const network = new Network(label);
    let scene: Scene | undefined;
    try {
      scene = new Scene(network.inside('web', 10), options);
      prepare(scene.daemon);
      await scene.daemon.start();
      return scene;
    } catch (error) {
      // Leave first: what is in the network is ended with it.
      if (scene) await scene.close();
      else await network.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#entered[Symbol.dispose]();
    await this.daemon.discard();
    await this.network.destroy();
  }

  /** One UDP datagram of the inside host; the gateway forwards it to nobody. */
  send(destination: string, port: number): void {
    const { status, stderr } = this.network.run('web', 'bash', [
      '-c',
      `echo > /dev/udp/${destination}/${port}`,
    ]);
    expect(status, stderr).toBe(0);
  }

  /** The newest decision about this port, once it is in this state and the engine is through with it. */
  decided(port: number, state: Decision['state']): Promise<Decision> {
    return this.settled(state, (target) => target.kind === 'flow' && target.service.port === port);
  }

  async settled(wanted: Decision['state'], isIt: (target: Target) => boolean): Promise<Decision> {
    const decision = await until(`a decision that is ${wanted}`, async () =>
      (await allDecisions(this.daemon)).find(
        ({ target, state, enforcement }) =>
          isIt(target) && state === wanted && enforcement.status !== 'pending',
      ),
    );
    // It answers when its hands are free.
    await this.get('/v1/status');
    return decision;
  }

  async post<T = Decision>(path: string, body: unknown = {}): Promise<T> {
    const answer = await this.daemon.call('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  }

  async get<T = Decision>(path: string): Promise<T> {
    const answer = await this.daemon.call('GET', path);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  }

  block(prefix: string, ttlMs = 3_600_000): Promise<Decision> {
    return this.post('/v1/decisions', { target: { kind: 'destination', prefix }, ttlMs, reason: 'test' });
  }

  expectSound(): Promise<void> {
    return expectSound(this.network, this.daemon);
  }
}
