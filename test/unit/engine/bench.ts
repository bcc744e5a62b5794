/** The whole engine on a kernel in memory, with a ledger in a folder of its own and a clock that stands until moved. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeKernel } from 'node-nftables/testing';
import { vi } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import type { Decision, DecisionState, Target } from '../../../src/decision/decision.ts';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { descriptorOf, TABLE } from '../../../src/enforcement/sets.ts';
import { CommandHandlers } from '../../../src/engine/command-handlers.ts';
import type { CommandName, Notice, Outcome, Params, Result } from '../../../src/engine/commands.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { Kernel } from '../../../src/engine/kernel.ts';
import type { EngineSettings, StartPolicy } from '../../../src/engine/wire.ts';
import type { Entry, EntryType, Recorded } from '../../../src/ledger/entry.ts';
import { LedgerError } from '../../../src/ledger/errors.ts';
import { LedgerQueries } from '../../../src/ledger/queries.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { type EntryText, entry } from '../flow/entry.ts';
import { loadGood, NOW } from '../policy/sources.ts';
import { FakeEvents, FakeWalk } from './fake-conntrack.ts';
import { FakeDns } from './fake-dns.ts';
import { FakeNeighbours } from './fake-neighbours.ts';
import { FakePacketLog } from './fake-packet-log.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Blocks a violation's flow at once for an hour, and a listed destination provisionally for a quarter of an hour. */
export const SPEC = `
  hostGroups:
    web: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}
  services:
    https: [{protocol: tcp, ports: [443]}]
  rules:
    - {id: web-out, from: [web], to: {cidrs: [203.0.113.0/24]}, services: [https]}
  denyLists:
    - {id: c2, cidrs: [198.51.100.66/32], reason: known command and control}
  response:
    default: {action: alert}
    actions:
      - {detector: policyViolation, action: block, target: flow, ttl: 1h, approval: none}
      - {detector: denyList, action: block, target: destination, ttl: 4h, approval: provisional, holdFor: 15m}
    guardrails: {maxBlocksPerMinute: 3}
`;

export const POLICY = loadGood(SPEC);
/** To no rule, to the deny list, and to where the rule allows. */
export const VIOLATION: EntryText = { to: '192.0.2.1 443' };
export const LISTED: EntryText = { to: '198.51.100.66 443', from: '10.1.0.11 40001' };
export const ALLOWED: EntryText = { to: '203.0.113.9 443', from: '10.1.0.12 40002' };

export class Bench implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'penstock-engine-'));
  /** Its timeouts go on whatever the clock is set to. */
  readonly nft = new FakeKernel(() => NOW + performance.now());
  readonly events = new FakeEvents();
  readonly walk = new FakeWalk();
  readonly packets = new FakePacketLog();
  readonly neighbours = new FakeNeighbours();
  readonly names = new FakeDns();
  /** Flowtables of others. */
  flowtables: string[] = [];
  readonly notices: Notice[] = [];
  /** The drivers that the engine has. */
  readonly kernel: Kernel = {
    nftables: this.nft.nftables(),
    elements: this.nft.setElements(),
    refusedElements: () => {
      throw new Error('nobody rehearses here');
    },
    monitor: this.nft.monitor(),
    conntrack: this.events,
    walk: this.walk,
    neighbours: this.neighbours,
    flowtables: () => this.flowtables,
    names: this.names,
    openPacketLog: () => this.packets,
    maxFlows: 1_000,
    expectedFlows: 1_000,
    passedBytes: () => 0,
    processorMs: () => 0,
    gracePeriod: () => {},
    prepareConntrack: () => {},
    conntrackHooks: async () => 'registered',
    surroundings: () => ({
      ownAddresses: { addresses: ['127.0.0.1', '10.1.0.1'].map(parseAddress) },
      gateways: { addresses: [parseAddress('203.0.113.1')] },
      resolvers: { addresses: [parseAddress('9.9.9.9')] },
    }),
    uptimeMs: () => performance.now() + this.uptimeOffsetMs,
    [Symbol.dispose]: () => {},
  };
  /** The machine was up for so long when the test's clock began. */
  uptimeOffsetMs = HOUR;
  #engine: Engine | undefined;
  #handlers: CommandHandlers | undefined;

  private constructor() {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOW });
  }

  static async start(policy: Policy = POLICY): Promise<Bench> {
    const bench = new Bench();
    await bench.launch({ policy });
    return bench;
  }

  /** As the daemon would start it: the policy from a file, if there is one. */
  async launch(settings: Partial<EngineSettings & StartPolicy> = {}): Promise<void> {
    const whole: EngineSettings & StartPolicy = {
      ledgerPath: join(this.folder, 'ledger.db'),
      policy: undefined,
      policyActor: 'file',
      policyProblems: [],
      bootId: 'boot-1',
      wakeFd: -1,
      version: '1.2.3',
      ...settings,
    };
    this.#engine = await Engine.start(
      whole,
      whole,
      (notice) => this.notices.push(notice),
      () => this.kernel,
    );
    this.#handlers = new CommandHandlers(this.#engine);
  }

  /** It dies without a word; the next one finds kernel and ledger as they were left. */
  kill(): void {
    this.engine.close();
    this.#engine = undefined;
  }

  async restart(settings: Partial<EngineSettings & StartPolicy> = {}): Promise<void> {
    this.kill();
    await this.launch(settings);
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('the engine is not running');
    return this.#engine;
  }

  command<N extends CommandName>(name: N, params: Params<N>): Outcome<Result<N>> {
    if (this.#handlers === undefined) throw new Error('the engine is not running');
    return this.#handlers.handle(name, params);
  }

  /** A command that is carried out. */
  order<N extends CommandName>(name: N, params: Params<N>): Result<N> {
    const outcome = this.command(name, params);
    if (!outcome.ok) throw new Error(`${name}: ${outcome.refusal.message}`);
    return outcome.result;
  }

  answer(verb: 'approve' | 'reject' | 'revoke', id: string): Decision {
    return this.order(verb, { id, actor: 'laptop', reason: 'looked at' });
  }

  block(target: Target, ttlMs = HOUR): Decision {
    return this.order('enact', { target, ttlMs, actor: 'laptop', reason: 'seen' });
  }

  /** The kernel tells of connections. */
  see(...texts: EntryText[]): void {
    this.events.waiting.push(...texts.map(entry));
    while (this.engine.feed.drain(Date.now()));
  }

  /** Time passes, and the chores that it brings are done. */
  pass(ms: number): void {
    vi.advanceTimersByTime(ms);
    this.engine.keeper.mendDue(Date.now());
    this.engine.chores(Date.now());
  }

  /** Time passes while nobody looks. */
  sleep(ms: number): void {
    vi.advanceTimersByTime(ms);
  }

  /** Somebody sets the clock; the machine's own time goes on as it was. */
  jump(ms: number): void {
    vi.setSystemTime(Date.now() + ms);
  }

  /** What was recorded, oldest first. */
  entries(): Entry[] {
    return this.engine.ledger.queries.entries({ limit: 100_000 });
  }

  recorded<T extends EntryType>(type: T): Recorded<T>[] {
    return this.entries().filter((each): each is Entry & Recorded<T> => each.type === type);
  }

  decisions(state: DecisionState): Decision[] {
    return this.engine.ledger.queries.decisions({ state, limit: 100_000 });
  }

  /** Elements of blocks in the kernel with the milliseconds that they have left, read past the engine. */
  elements(): Map<string, number | undefined> {
    const all = new KernelTable(this.nft.nftables(), this.nft.setElements()).readAll();
    const blocks = [...all].filter(([, { set }]) => descriptorOf(set).owner === 'blocks');
    return new Map(blocks.map(([id, { element }]) => [id, element.expiresInMs]));
  }

  /** What somebody else would do. */
  get stranger(): { nft: Kernel['nftables']; elements: Kernel['elements'] } {
    const process = { processId: 1, processName: 'nft' };
    return { nft: this.nft.nftables(process), elements: this.nft.setElements(process) };
  }

  deleteTable(): void {
    this.stranger.nft.run([{ delete: { table: TABLE } }]);
  }

  /** The disk is full, and chores have found that out, until the function given back is called. */
  fillDisk(): () => void {
    const { ledger, journal } = this.engine;
    const refuse = () => {
      throw new LedgerError('PENSTOCK_LEDGER_FULL', 'ledger: append: no space is left');
    };
    const spies = (['append', 'look', 'probe'] as const).map((call) =>
      vi.spyOn(ledger, call).mockImplementation(refuse),
    );
    journal.look();
    return () => {
      for (const spy of spies) spy.mockRestore();
    };
  }

  /** The disk is full as soon as the kernel is about to be changed, until the function given back is called. */
  failAfterIntent(): () => void {
    const { enforcer } = this.engine;
    const carryOut = enforcer.carryOut.bind(enforcer);
    let free = () => {};
    vi.spyOn(enforcer, 'carryOut').mockImplementationOnce((change, nowMs) => {
      free = this.fillDisk();
      return carryOut(change, nowMs);
    });
    return () => free();
  }

  /** The kernel takes no rules until the function given back is called. */
  refuseRuleset(): () => void {
    const refuse = () => {
      throw new Error('no');
    };
    const run = vi.spyOn(this.kernel.nftables, 'run').mockImplementation(refuse);
    const restore = vi.spyOn(this.kernel.elements, 'restoreTable').mockImplementation(refuse);
    return () => {
      run.mockRestore();
      restore.mockRestore();
    };
  }

  /** As a later version, or another one, would leave it: a revision whose policy this version does not understand. */
  storeUnreadablePolicy(): void {
    const { journal } = this.engine;
    const sources = { entry: 'p.yaml', files: [{ name: 'p.yaml', text: 'apiVersion: penstock/v9' }] };
    const revision = journal.revision({
      atMs: Date.now(),
      kind: 'policy',
      actor: 'laptop',
      reason: 'later',
      policyDigest: 'unreadable',
      rulesetDigest: null,
      restoredFrom: null,
    });
    const body = { digest: 'unreadable', name: 'later', sources };
    journal.write([{ type: 'policy.stored', actor: 'laptop', body }, revision], { sync: false });
  }

  /** The ledger's text of a policy means nothing to this version, until {@link remember}. */
  forgetHowToRead(digest: string): void {
    const read = LedgerQueries.prototype.policySources;
    vi.spyOn(LedgerQueries.prototype, 'policySources').mockImplementation(function (
      this: LedgerQueries,
      asked,
    ) {
      if (asked !== digest) return read.call(this, asked);
      return { entry: 'p.yaml', files: [{ name: 'p.yaml', text: 'apiVersion: penstock/v9' }] };
    });
  }

  remember(): void {
    vi.restoreAllMocks();
  }

  log(level: 'info' | 'warn' | 'error'): string[] {
    return this.notices.flatMap((each) =>
      each.notice === 'log' && each.level === level ? [each.message] : [],
    );
  }

  [Symbol.dispose](): void {
    this.#engine?.close();
    rmSync(this.folder, { recursive: true, force: true });
    vi.restoreAllMocks();
    vi.useRealTimers();
  }
}
