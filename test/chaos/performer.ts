/** Does a step to the stage. What the daemon answers is judged here; what it leaves behind is judged in invariants.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import { Forger, netlinkPorts } from '../faults/unicast.ts';
import type { Answer } from '../network/daemon-process.ts';
import { until } from '../network/waiting.ts';
import type { LedgerView } from './ledger-view.ts';
import { policyText } from './policy.ts';
import type { Stage } from './stage.ts';
import type { Change, Harm, PolicyChoice, Step } from './step.ts';

/**
 * done, refused: as it should be. overtaken: time or another change was faster. lost: the daemon died before it
 * answered. unrecorded: it cannot be recorded now, and was not done.
 */
export type Outcome =
  | 'done'
  | 'refused'
  | 'overtaken'
  | 'unrecorded'
  | 'lost'
  | { readonly unexpected: string };

const YAML = { 'content-type': 'application/yaml' };
const HARM: Record<Harm, string> = {
  'flush-ruleset': 'flush ruleset',
  'delete-table': 'delete table inet penstock',
  'flush-set':
    'flush set inet penstock destination4; flush set inet penstock flow4; flush set inet penstock prefix6',
  'delete-element': '',
  'add-element': 'add element inet penstock destination4 { 192.0.2.99 timeout 1h }',
  'insert-rule': 'insert rule inet penstock forward accept',
  'flush-chain': 'flush chain inet penstock judge4',
};
/** What a queue of the kernel takes at most here, in datagrams of 500 bytes. */
const MOST_DATAGRAMS = 60_000;

export class Performer {
  /** By decision: states that were acknowledged. */
  readonly acknowledged: { readonly id: string; readonly state: string }[] = [];
  /** By digest: what the policies put in force, or tried to, mean. */
  readonly policies = new Map<string, PolicyChoice>();
  readonly #stage: Stage;
  readonly #ledger: LedgerView;
  #applied = 0;

  constructor(stage: Stage, ledger: LedgerView) {
    this.#stage = stage;
    this.#ledger = ledger;
  }

  async perform(step: Step): Promise<Outcome> {
    switch (step.kind) {
      case 'traffic':
        return this.#traffic(step);
      case 'probe':
        return 'done';
      case 'deadline':
        return this.#deadline();
      case 'heal':
        await this.#stage.heal();
        return 'done';
      case 'kill':
        return this.#kill(step.harm);
      case 'kill-at-step':
        return this.#killAtStep(step);
      case 'foreign':
        this.#harm(step.harm);
        return 'done';
      case 'fill-disk':
        await this.#stage.fillDisk();
        return 'done';
      case 'lock-ledger':
        await this.#stage.lockLedger();
        return 'done';
      case 'clock':
        this.#stage.jump(step.byMs);
        return 'done';
      case 'enobufs':
        return this.#enobufs();
      default:
        return this.#change(step);
    }
  }

  async #change(change: Change): Promise<Outcome> {
    switch (change.kind) {
      case 'apply':
        return this.#apply(change.policy, '');
      case 'try':
        return this.#apply(change.policy, `?confirmWithin=${change.withinMs / 1_000}s`);
      case 'confirm':
        return judge(await this.#post(`/v1/revisions/${change.revision}/confirm`));
      case 'rollback':
        return judge(await this.#post('/v1/rollback', { to: change.to }));
      case 'block': {
        const { target, ttlMs } = change;
        return this.#decide(await this.#post('/v1/decisions', { target, ttlMs, reason: 'chaos' }));
      }
      case 'forbidden': {
        const target = { kind: 'destination', prefix: change.prefix };
        const answer = await this.#post('/v1/decisions', { target, ttlMs: 60_000, reason: 'chaos' });
        if (answer === undefined) return 'lost';
        return answer.status < 300 ? { unexpected: `${change.prefix} was blocked` } : 'refused';
      }
      default:
        return this.#decide(await this.#post(`/v1/decisions/${change.id}/${change.kind}`));
    }
  }

  #post(path: string, body: unknown = {}): Promise<Answer | undefined> {
    return this.#stage.ask('POST', path, body);
  }

  #decide(answer: Answer | undefined): Outcome {
    if (answer && answer.status < 300) this.acknowledged.push(answer.body);
    return judge(answer);
  }

  async #apply(policy: PolicyChoice, query: string): Promise<Outcome> {
    this.#applied += 1;
    const text = policyText(`chaos-${this.#applied}`, policy);
    this.policies.set(`chaos-${this.#applied}`, policy);
    return judge(await this.#stage.ask('PUT', `/v1/policy${query}`, text, YAML));
  }

  /** One shell for all of them: a burst is fast. */
  async #traffic({ destination, firstPort, ports }: Extract<Step, { kind: 'traffic' }>): Promise<Outcome> {
    const script = 'for ((i = 0; i < $3; i += 1)); do echo > /dev/udp/$1/$(($2 + i)); done 2>/dev/null; true';
    const args = ['-c', script, 'burst', destination, String(firstPort), String(ports)];
    await this.#stage.network.runAsync('client', 'bash', args);
    return 'done';
  }

  /** Whoever waits for a minute need not: only short ones are waited for. */
  async #deadline(): Promise<Outcome> {
    const { trial } = this.#ledger;
    if (trial === undefined || trial.deadlineUptimeMs - trial.begunUptimeMs > 5_000) return 'overtaken';
    await until('the policy on trial to be taken back', async () => {
      const answer = await this.#stage.ask('GET', '/v1/status');
      return answer?.body.trial?.revision !== trial.revision;
    });
    return 'done';
  }

  async #kill(harm: Harm | null): Promise<Outcome> {
    await this.#stage.daemon.stop('SIGKILL');
    if (harm) this.#harm(harm);
    await this.#stage.daemon.start();
    return 'done';
  }

  async #killAtStep({ at, change }: Extract<Step, { kind: 'kill-at-step' }>): Promise<Outcome> {
    const { order, daemon } = this.#stage;
    order.give([at, 1]);
    const outcome = await this.#change(change);
    // What comes a moment after the answer, or in its own time, may be what dies.
    await pause(50);
    order.withdraw();
    // The engine answers: nothing that was under way then was the last step.
    const lives = !daemon.hasEnded && outcome !== 'lost' && (await this.#stage.ask('GET', '/v1/status'));
    if (lives) return outcome;
    await daemon.exited();
    await daemon.start();
    return outcome;
  }

  #harm(harm: Harm): void {
    const commands = harm === 'delete-element' ? this.#deletion() : HARM[harm];
    if (commands === undefined) return;
    try {
      this.#stage.nft(commands.replaceAll('; ', '\n'));
    } catch {
      // What is not there cannot be harmed: the daemon was mending it, or the element's time was over.
    }
    // They are of others, and gone by our own hand.
    if (harm === 'flush-ruleset') this.#stage.bringOthers();
  }

  /** Of whatever destination stands. */
  #deletion(): string | undefined {
    const target = this.#ledger.standing
      .map((each) => each.target)
      .find((each) => each.kind === 'destination');
    if (target === undefined) return undefined;
    const [address] = target.prefix.split('/');
    const set = `destination${address.includes(':') ? 6 : 4}`;
    return `delete element inet penstock ${set} { ${address} }`;
  }

  /** While the daemon is stopped its queues are filled to the brim: what the kernel then has to say is lost. */
  async #enobufs(): Promise<Outcome> {
    const { daemon } = this.#stage;
    using forger = new Forger();
    process.kill(daemon.pid, 'SIGSTOP');
    try {
      const datagram = new Uint8Array(500);
      for (const port of netlinkPorts(daemon.pid)) {
        let sent = 0;
        while (sent < MOST_DATAGRAMS && forger.send(port, datagram)) sent += 1;
      }
      await this.#traffic({
        kind: 'traffic',
        destination: '198.51.100.61',
        firstPort: 500,
        ports: 5,
      });
      this.#harm('flush-set');
    } finally {
      process.kill(daemon.pid, 'SIGCONT');
    }
    return 'done';
  }
}

function judge(answer: Answer | undefined): Outcome {
  if (answer === undefined) return 'lost';
  const { status, body } = answer;
  if (status < 300) return 'done';
  if (status === 409 || status === 404) return 'overtaken';
  if (status === 422 || status === 403) return 'refused';
  if (status === 503) return 'unrecorded';
  return { unexpected: `${status} ${JSON.stringify(body)}` };
}
