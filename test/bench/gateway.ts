/**
 * What a full policy and many blocks cost the traffic that they let through, and what a change costs beside them:
 *
 *   gateway-tcp, -udp   iperf3 through mode enforce with 10,000 rules and 100,000 blocks; beside a gateway of the same
 *                       kind whose only rule is `ct state established accept`. Short runs in pairs, each pair the other
 *                       way round, and the figure is the median of the pairs' ratios: this machine is by some per cent
 *                       faster or slower from one minute to the next, which a pair does not see. How far the ratios lie
 *                       apart is told on standard error. Ours has conntrack count bytes and tell of events, the plain one
 *                       does not: that is in the figure
 *   one-more-block      a person's block by the API with all of them standing; beside the same with none
 *   one-rule            a policy of one rule more, sent to the API and in force; beside the 300 ms that are the goal
 *   one-rule-inserted   the same with the rule at the top of a file, so that all below it stands elsewhere
 *   start, start-rules  see start.ts
 */
import { type Answer, DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { type Figure, figure, median, type Pair, pairedFigure, quantile, ratiosOf } from './figure.ts';
import { sendNewFlows } from './flow-generator.ts';
import { ENTRY, type Files, policyFiles } from './policy-files.ts';
import { starts } from './start.ts';

const SERVER = '198.51.100.9';
/** 198.18.0.0/15 is for benchmarks (RFC 2544); the server drops what it gets of it. */
const BLOCKED = 0xc612_0000;
const BLOCKS_A_SECOND = 800;
const ESTABLISHED = `table inet plain {
  chain forward { type filter hook forward priority 0; policy accept; ct state established accept; }
}`;
const GOAL_MS = 300;

export interface GatewayLoad {
  readonly rules: number;
  readonly blocks: number;
  /** Of changes of the policy, and of starts. */
  readonly rounds: number;
  /** Of runs of iperf3, each of so many seconds. */
  readonly pairs: number;
  readonly seconds: number;
}

export interface Gateways {
  readonly guarded: Network;
  readonly plain: Network;
  /** On the guarded one, in mode respond; this thread is there too. */
  readonly daemon: DaemonProcess;
}

/** Two gateways of one kind, while `work` goes on. */
export async function withGateways<T>(work: (gateways: Gateways) => Promise<T>): Promise<T> {
  const guarded = gateway('guarded');
  const plain = gateway('plain');
  const daemon = new DaemonProcess(guarded, { policy: policy('respond', 1)[ENTRY] });
  try {
    plain.run('gateway', 'nft', ['-f', '-'], { input: ESTABLISHED });
    using _ = guarded.enter('gateway');
    await daemon.start();
    return await work({ guarded, plain, daemon });
  } catch (error) {
    process.stderr.write(daemon.output);
    throw error;
  } finally {
    await daemon.discard();
    await guarded.destroy();
    await plain.destroy();
  }
}

export function benchGateway(load: GatewayLoad): Promise<Figure[]> {
  return withGateways(async ({ guarded, plain, daemon }) => {
    const few = await oneMoreBlock(daemon, 0);
    await block(guarded, daemon, load.blocks);
    const many = await oneMoreBlock(daemon, 1);
    await timed(() => apply(daemon, policy('enforce', load.rules)));
    const changed = await changeOneRule(daemon, load);
    const inserted = await insertOneRule(daemon, load);
    return [
      ...(await throughput(guarded, plain, load)),
      figure('one-more-block', many, 'ms', 'with no other block', few),
      figure('one-rule', changed, 'ms', 'the goal', GOAL_MS),
      figure('one-rule-inserted', inserted, 'ms', 'the goal', GOAL_MS),
      ...(await starts(guarded, daemon, {
        ...load,
        dropRules: () => timed(() => apply(daemon, policy('respond', 1))),
      })),
    ];
  });
}

function gateway(label: string): Network {
  const network = new Network(label).inside('client', 10).inside('culprit', 11);
  network.outside('server', [`${SERVER}/24`, '2001:db8:66::9/64']);
  network.ip('gateway', `route add 198.18.0.0/15 via ${SERVER}`);
  network.start('server', 'iperf3', ['--server']);
  return network;
}

const BLOCK_ALL = `
  response:
    actions: [{detector: policyViolation, action: block, target: destination, ttl: 24h, approval: none}]
    guardrails:
      maxBlocksPerMinute: 100000
      maxBlocksPerHour: 1000000
      maxBlockedHostsPercent: 100
      circuitBreaker: {enabled: false}
`;

/** Everybody may reach the server; the rules beside it are for others. */
export function policy(mode: 'respond' | 'enforce', rules: number): Files {
  return policyFiles({ mode, rules, hosts: '10.1.0.0/24', server: `${SERVER}/32`, more: BLOCK_ALL });
}

/** Blocks as they come about: each by a connection that the policy does not allow. */
async function block(network: Network, daemon: DaemonProcess, count: number): Promise<void> {
  const seconds = Math.ceil(count / BLOCKS_A_SECOND);
  await sendNewFlows(network, 'culprit', { rate: BLOCKS_A_SECOND, seconds, base: BLOCKED, count });
  const standing = async () => (await daemon.call('GET', '/v1/status')).body.decisions.active;
  await until(`${count} blocks`, async () => (await standing()) >= count, {
    timeoutMs: 60_000,
    everyMs: 1_000,
  });
}

/** Milliseconds; median. */
export async function oneMoreBlock(daemon: DaemonProcess, part: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const target = { kind: 'destination', prefix: `192.0.${2 + part}.${i}/32` };
    const body = { target, ttlMs: 3_600_000, reason: 'bench' };
    times.push(await timed(() => daemon.call('POST', '/v1/decisions', body, key())));
  }
  return median(times);
}

/** Milliseconds; median. Each policy has one rule more or less than the one before, which is that of so many rules. */
export function changeOneRule(daemon: DaemonProcess, { rules, rounds }: GatewayLoad): Promise<number> {
  return inTurns(daemon, rounds, [policy('enforce', rules + 1), policy('enforce', rules)]);
}

/** As {@link changeOneRule}; it is the first rule of a part that comes and goes. */
function insertOneRule(daemon: DaemonProcess, { rules, rounds }: GatewayLoad): Promise<number> {
  const files = policy('enforce', rules);
  const part = Object.keys(files).find((name) => name !== ENTRY) ?? ENTRY;
  const rule = '    - {id: inserted, from: [lan], to: {cidrs: [12.0.0.0/28]}, services: [web], owner: bench}';
  const longer = { ...files, [part]: files[part].replace('  rules:\n', `  rules:\n${rule}\n`) };
  return inTurns(daemon, rounds, [longer, files]);
}

/** Milliseconds until one of them is in force; median. */
async function inTurns(daemon: DaemonProcess, rounds: number, policies: readonly Files[]): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++)
    for (const files of policies) times.push(await timed(() => apply(daemon, files)));
  return median(times);
}

export function apply(daemon: DaemonProcess, files: Files): Promise<Answer> {
  const body = { entry: ENTRY, files, reason: 'bench' };
  return daemon.call('PUT', '/v1/policy', body, key());
}

let keys = 0;
function key(): Record<string, string> {
  keys += 1;
  return { 'idempotency-key': `bench-${keys}` };
}

async function timed(work: () => Promise<Answer>): Promise<number> {
  const began = performance.now();
  const { status, body } = await work();
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return performance.now() - began;
}

export async function throughput(guarded: Network, plain: Network, load: GatewayLoad): Promise<Figure[]> {
  const kinds = { tcp: [], udp: ['--udp', '--length', '64', '--bitrate', '0'] };
  const figures: Figure[] = [];
  for (const [kind, flags] of Object.entries(kinds)) {
    const pairs: Pair[] = [];
    for (let i = 0; i < load.pairs; i++)
      pairs.push(await onePair(guarded, plain, flags, load.seconds, i % 2 === 0));
    const ratios = ratiosOf(pairs);
    const [least, lower, upper, most] = [0, 0.25, 0.75, 1].map((share) => quantile(ratios, share).toFixed(3));
    process.stderr.write(
      `gateway-${kind}: ratios of ${pairs.length} pairs: half from ${lower} to ${upper}, all from ${least} to ${most}\n`,
    );
    const established = 'a gateway that only accepts what is established';
    figures.push(pairedFigure(`gateway-${kind}`, pairs, 'Mbit/s', established));
  }
  return figures;
}

async function onePair(
  guarded: Network,
  plain: Network,
  flags: readonly string[],
  seconds: number,
  isPlainFirst: boolean,
): Promise<Pair> {
  const early = isPlainFirst ? await iperf(plain, flags, seconds) : undefined;
  const value = await iperf(guarded, flags, seconds);
  return { value, baselineValue: early ?? (await iperf(plain, flags, seconds)) };
}

/** Mbit/s at the receiver. */
async function iperf(network: Network, flags: readonly string[], seconds: number): Promise<number> {
  const args = ['--client', SERVER, '--time', String(seconds), '--json', ...flags];
  const { stdout } = await network.runAsync('client', 'iperf3', args, (seconds + 20) * 1000);
  const { end, error } = JSON.parse(stdout);
  if (error !== undefined) throw new Error(`iperf3: ${error}`);
  const received = end.sum_received ?? end.sum;
  return (received.bits_per_second * (1 - (received.lost_percent ?? 0) / 100)) / 1e6;
}
