/**
 * The engine: everything between conntrack and nftables, put together, and what it can be asked to do. It lives in
 * one thread; nothing here waits.
 */
import type { Address } from '../address/address.ts';
import { formatPrefix, hostPrefix } from '../address/prefix.ts';
import type { BreakerState } from '../decision/circuit-breaker.ts';
import { BridgeTable } from '../enforcement/bridge/bridge-table.ts';
import { DeniedSets } from '../enforcement/deny/denied-sets.ts';
import { Enforcer } from '../enforcement/enforcer.ts';
import { KernelTable } from '../enforcement/kernel-table.ts';
import { LimitTable } from '../enforcement/limits/limit-table.ts';
import { FlowTable, type TableChange } from '../flow/flow-table.ts';
import type { CaseBook } from '../incident/case-book.ts';
import type { IncidentBook } from '../incident/incident-book.ts';
import { Ledger } from '../ledger/ledger.ts';
import { KernelAllowCounters } from './allow-counters.ts';
import { type AllowlistKeeper, makeAllowlistKeeper } from './allowlist-keeper.ts';
import { AnomalyWatch } from './anomaly-watch.ts';
import { BlockLatency } from './block-latency.ts';
import { BootFile } from './boot-file.ts';
import { BridgeKeeper } from './bridge-keeper.ts';
import { Chores } from './chores.ts';
import { ClockFollower } from './clock-follower.ts';
import { ClockWatch } from './clock-watch.ts';
import type { EngineStatus, Outcome } from './commands.ts';
import { ConntrackFeed } from './conntrack-feed.ts';
import type { DecisionDesk } from './decision-desk.ts';
import { DeniedFeed } from './denied-feed.ts';
import { DenyPreload } from './deny-preload.ts';
import { DropCounts } from './drop-counts.ts';
import { engineStatus } from './engine-status.ts';
import { sideTablesOf } from './engine-tables.ts';
import { EngineError } from './errors.ts';
import { EvidenceKeeper } from './evidence/evidence-keeper.ts';
import { Feedback } from './feedback.ts';
import { checkHooks } from './hook-check.ts';
import { HostCensus } from './host-census.ts';
import { Journal, type Tell } from './journal.ts';
import { type Kernel, openKernel } from './kernel.ts';
import { KernelKeeper } from './kernel-keeper.ts';
import { LimitKeeper } from './limit-keeper.ts';
import { warnOfMarks } from './mark-check.ts';
import { LoopMeter } from './measure/loop-meter.ts';
import { MeasuredElements } from './measure/measured-elements.ts';
import { NamesKeeper } from './names-keeper.ts';
import { Offload } from './offload.ts';
import { PacketLogKeeper } from './packet-log-keeper.ts';
import { PolicyKeeper } from './policy-keeper.ts';
import { ProfileKeeper } from './profile-keeper.ts';
import { ProposedPolicies } from './proposed-policy.ts';
import { QuarantineWatch } from './quarantine-watch.ts';
import { Recovery } from './recovery.ts';
import { Rehearsal } from './rehearsal/rehearsal.ts';
import type { Responder } from './responder.ts';
import { ResponsePath } from './response-path.ts';
import { RuleHits, type RuleListing } from './rule-hits.ts';
import { RuleHitsKeeper } from './rule-hits-keeper.ts';
import type { Safeguards } from './safeguards.ts';
import { Suppressions } from './suppressions.ts';
import type { TrafficJudge } from './traffic-judge.ts';
import { TrafficTotals } from './traffic-totals.ts';
import { TrialKeeper } from './trial-keeper.ts';
import type { EngineSettings, StartPolicy } from './wire.ts';

export class Engine {
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly meter = new LoopMeter();
  readonly clock: ClockWatch;
  readonly clockFollower: ClockFollower;
  readonly evidence = new EvidenceKeeper();
  readonly elements: MeasuredElements;
  readonly table: FlowTable;
  readonly feed: ConntrackFeed;
  readonly keeper: KernelKeeper;
  readonly enforcer: Enforcer;
  readonly allowlist: AllowlistKeeper;
  readonly desk: DecisionDesk;
  readonly incidents: IncidentBook;
  readonly cases: CaseBook;
  readonly policies: PolicyKeeper;
  readonly names: NamesKeeper;
  readonly trials: TrialKeeper;
  readonly proposals: ProposedPolicies;
  readonly safeguards: Safeguards;
  readonly responder: Responder;
  readonly suppressions = new Suppressions();
  readonly feedback: Feedback;
  readonly judge: TrafficJudge;
  readonly traffic: TrafficTotals;
  readonly anomalies: AnomalyWatch;
  readonly profiles: ProfileKeeper;
  readonly packetLog: PacketLogKeeper;
  readonly denied: DeniedFeed;
  readonly denyPreload: DenyPreload;
  readonly #deniedSets: DeniedSets;
  readonly drops: DropCounts;
  readonly ruleHits: RuleHits;
  readonly ruleHitsKeeper: RuleHitsKeeper;
  readonly bootFile: BootFile | undefined;
  readonly quarantines: QuarantineWatch;
  readonly bridge: BridgeKeeper;
  readonly limits: LimitKeeper;
  readonly conntrackFd: number;
  readonly rulesetFd: number;
  #resources = new DisposableStack();
  readonly #kernel: Kernel;
  readonly #census = new HostCensus();
  readonly startedAtMs = Date.now();
  readonly latency = new BlockLatency();
  readonly rehearsal: Rehearsal;
  readonly #chores: Chores;
  hooksRegistered = false;
  readonly #path: ResponsePath;

  private constructor(ledger: Ledger, kernel: Kernel, settings: EngineSettings, tell: Tell) {
    const { bootId, tableOwner = false, markMask, boot } = settings;
    const { nftables, monitor, conntrack, maxFlows, expectedFlows } = kernel;
    const elements = new MeasuredElements(kernel.elements);
    this.elements = elements;
    this.#kernel = kernel;
    this.ledger = ledger;
    this.journal = new Journal(ledger, tell);
    const kernelTable = new KernelTable(nftables, elements, {
      owner: tableOwner,
      ...(markMask !== undefined && { markMask }),
    });
    this.enforcer = new Enforcer(kernelTable);
    this.#deniedSets = new DeniedSets(kernelTable);
    const ourThread = elements.generation().processId;
    const sideTables = sideTablesOf(this, tell, [ourThread, settings.starterThread ?? ourThread]);
    this.keeper = new KernelKeeper({
      enforcer: this.enforcer,
      journal: this.journal,
      ...{ monitor, ourThread, sideTables },
    });
    this.limits = new LimitKeeper(new LimitTable(nftables, elements), this.journal);
    this.allowlist = makeAllowlistKeeper(kernelTable, kernel, this);
    this.keeper.onMended = (nowMs) => this.allowlist.onMended(nowMs);
    this.table = new FlowTable({ isOurs: () => false, maxFlows, expectedFlows });
    const { queries } = ledger;
    this.names = new NamesKeeper({
      kernel: kernel.names,
      enforcer: this.enforcer,
      flows: this.table,
      shelf: ledger.names,
      journal: this.journal,
    });
    this.policies = new PolicyKeeper(
      (digest) => queries.hasPolicy(digest),
      (next) => {
        // Before anything asks which sets an address is in by name: sets have other places in another policy.
        this.names.changePolicy(next, Date.now());
        this.allowlist.changePolicy(next, Date.now());
        this.judge.changePolicy(next, this.table, Date.now());
        this.anomalies.changePolicy(next);
        this.denied.changePolicy(Date.now());
        this.ruleHits.changePolicy(next, Date.now());
        this.denyPreload.changePolicy(next, Date.now());
        this.safeguards.changePolicy(next);
        this.evidence.changePolicy(next, Date.now());
      },
      this.names.source,
    );
    this.proposals = new ProposedPolicies(this.journal);
    this.clock = new ClockWatch(() => kernel.uptimeMs());
    this.clockFollower = new ClockFollower(this.clock, (byMs, nowMs) =>
      this.responder.reschedule(byMs, nowMs),
    );
    this.#chores = new Chores(this);
    this.trials = new TrialKeeper(this, () => ({ bootId, uptimeMs: kernel.uptimeMs() }));
    const path = new ResponsePath({
      ...{ ledger, conntrack, journal: this.journal, enforcer: this.enforcer, keeper: this.keeper },
      ...{ table: this.table, policies: this.policies, census: this.#census, latency: this.latency },
      covered: (decision, nowMs) => this.quarantines.covered(decision, nowMs),
      onQuarantines: (nowMs) => this.bridge.change(nowMs),
      onCaseClosed: (host) => this.anomalies.detection.acquit(host),
      onAllowed: (rule, nowMs) => this.ruleHits.met(rule, nowMs),
    });
    this.#path = path;
    const { cutter } = path;
    this.desk = path.desk;
    this.incidents = path.incidents;
    this.cases = path.cases;
    this.safeguards = path.safeguards;
    this.responder = path.responder;
    this.judge = path.judge;
    const offload = new Offload(() => kernel.flowtables());
    this.quarantines = new QuarantineWatch({
      source: kernel.neighbours,
      desk: this.desk,
      journal: this.journal,
      protection: (address, nowMs) => this.safeguards.protection(address, nowMs),
      bypasses: () => offload.gaps,
    });
    this.bridge = new BridgeKeeper(new BridgeTable(nftables, elements), {
      standing: () => this.desk.active.quarantines(),
      journal: this.journal,
    });
    this.feedback = new Feedback({
      journal: this.journal,
      queries,
      suppressions: this.suppressions,
      open: {
        get: (id) => this.incidents.get(id) ?? this.cases.get(id),
        drop: (id, reason) => this.responder.dropIncident(id, reason),
      },
    });
    this.traffic = new TrafficTotals(
      {
        groupsOf: (host) => this.policies.inForce.compiled.groupsOf(host),
        nameOf: (address) => this.names.book.namesOf(address)[0],
      },
      this.startedAtMs,
    );
    this.profiles = new ProfileKeeper(ledger.profiles, this.journal);
    this.anomalies = new AnomalyWatch({
      table: this.table,
      cases: this.cases,
      suppressions: this.suppressions,
      surroundings: () => path.surroundings,
      onObserved: (observed, nowMs) => this.responder.onAnomaly(observed, nowMs),
      keys: this.profiles.keys(),
    });
    const onFlow = (change: TableChange) => this.#onFlow(change);
    this.feed = new ConntrackFeed(conntrack, kernel.walk, this.table, onFlow, kernel);
    this.denyPreload = new DenyPreload({
      sets: this.#deniedSets,
      table: this.table,
      cutter,
      rejudge: (nowMs) => this.allowlist.onMended(nowMs),
      journal: this.journal,
      kept: (nowMs) => this.safeguards.kept(nowMs),
      declined: (nowMs) => this.#declinedDenials(nowMs),
    });
    this.ruleHits = new RuleHits(this.startedAtMs, new KernelAllowCounters(kernelTable, this.allowlist));
    this.ruleHitsKeeper = new RuleHitsKeeper(ledger.rules, this.ruleHits, this.journal);
    this.drops = new DropCounts(elements);
    this.packetLog = new PacketLogKeeper(() => kernel.openPacketLog(), this.journal);
    this.denied = new DeniedFeed({
      log: () => this.packetLog.log,
      inForce: () => this.policies.inForce,
      onFinding: (flow, finding, eventAtMs) => this.responder.onFinding(flow, finding, eventAtMs, Date.now()),
      onAttempt: (flow, verdict, nowMs) => {
        this.traffic.refused(flow, verdict);
        this.evidence.refused(flow, verdict, nowMs);
      },
      onTold: (packet, nowMs) => this.evidence.told(packet, nowMs),
      anomalies: this.anomalies,
      journal: this.journal,
    });
    this.bootFile =
      boot &&
      new BootFile({
        ...boot,
        enforcer: this.enforcer,
        journal: this.journal,
        policyDigest: () => this.policies.digest,
        isConfirmed: () => this.trials.open === undefined,
        settle: (temporary, path) => tell({ notice: 'bootFileWritten', temporary, path }),
      });
    this.rehearsal = new Rehearsal({
      refusedElements: () => kernel.refusedElements(),
      conntrack,
      inForce: () => this.policies.inForce,
      journal: this.journal,
    });
    this.conntrackFd = conntrack.fd;
    this.rulesetFd = monitor.fd;
  }

  /**
   * Take over from the ledger and make the kernel what it says. The engine closes both.
   * @throws EngineError, LedgerError, or what the kernel says
   */
  static async start(
    settings: EngineSettings,
    start: StartPolicy | Promise<StartPolicy>,
    tell: Tell,
    open: () => Kernel = openKernel,
  ): Promise<Engine> {
    using resources = new DisposableStack();
    const ledger = resources.adopt(Ledger.open(settings.ledgerPath), (opened) => opened.close());
    const engine = new Engine(ledger, resources.use(open()), settings, tell);
    await engine.#begin(settings, start);
    engine.#resources = resources.move();
    return engine;
  }

  async #begin(settings: EngineSettings, start: StartPolicy | Promise<StartPolicy>): Promise<void> {
    const recovery = new Recovery(this, settings, Date.now());
    recovery.beginLoading();
    this.lookAround();
    recovery.restoreDecisions(Date.now());
    this.ruleHitsKeeper.restore(Date.now());
    const problem = this.keeper.restore(Date.now());
    if (problem !== undefined) throw new EngineError('PENSTOCK_ENGINE_START', problem);
    this.#deniedSets.adopt();
    this.enforcer.hold(this.#deniedSets);
    // Only now that a rule uses ct are there settings to set and hooks to look for.
    this.#kernel.prepareConntrack();
    this.hooksRegistered = await checkHooks(this.#kernel, this.journal);
    this.quarantines.read(Date.now());
    const policy = await start;
    recovery.finish(policy, await recovery.storedPolicy(policy), Date.now());
    this.bridge.change(Date.now());
    this.drops.read();
    this.packetLog.tend();
    // Last: nft reads what others have in their sets, however much that is.
    warnOfMarks(this.#kernel.nftables, settings.markMask, this.journal);
  }

  close(): void {
    this.bootFile?.finish(Date.now());
    this.rehearsal[Symbol.dispose]();
    const { detection } = this.anomalies;
    this.profiles.saveAll(detection.profiles, Date.now());
    this.profiles.saveModel(detection.outliers);
    this.ruleHitsKeeper.saveAll(Date.now());
    this.packetLog[Symbol.dispose]();
    this.names[Symbol.dispose]();
    this.#resources.dispose();
  }

  status(): EngineStatus {
    return engineStatus(this, Date.now());
  }

  /** See what this machine is and needs by now. */
  lookAround(): void {
    this.#path.surroundings = this.#kernel.surroundings();
  }

  chores(nowMs: number): void {
    this.#chores.do(nowMs);
  }

  /** The rules in force, with all that was counted until now. */
  rules(nowMs: number): RuleListing {
    this.ruleHits.tryReadKernel(nowMs);
    return this.ruleHits.list(nowMs);
  }

  /** A person lets automation act again, as far as the caps let it. */
  closeBreaker(actor: string, reason: string, nowMs: number): Outcome<BreakerState> {
    const outcome = this.safeguards.close(actor, reason, nowMs);
    if (!outcome.ok) return outcome;
    this.responder.attempts.forgetAll();
    this.judge.changePolicy(this.policies.inForce, this.table, nowMs);
    return { ok: true, result: this.safeguards.breaker };
  }

  /** Not those that another decision blocks by now. */
  #declinedDenials(nowMs: number): Address[] {
    const blocks = (address: Address) =>
      this.desk.active.covering({ kind: 'destination', prefix: formatPrefix(hostPrefix(address)) });
    return this.responder.attempts.declinedDenials(nowMs).filter((address) => blocks(address) === undefined);
  }

  #onFlow(change: TableChange): void {
    const { flow } = change;
    if (change.kind === 'started' && flow.direction !== 'foreign') this.#census.add(flow.host);
    const nowMs = Date.now();
    // Before the judge forgets a flow that ends.
    const before = this.judge.verdictOf(change.slot);
    this.judge.take(change, this.feed.entry, nowMs);
    const verdict = change.kind === 'started' ? this.judge.verdictOf(change.slot) : before;
    this.traffic.take(change, verdict, this.feed.entry);
    this.evidence.take(change, verdict, nowMs);
    this.anomalies.take(change, this.feed.entry, nowMs);
  }
}
