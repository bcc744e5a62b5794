import { type Command, Option } from 'commander';
import type { Client, Schema } from 'penstock-client';
import type { Prefix } from '../../../address/address.ts';
import { formatPrefix, parsePrefix, prefixContains } from '../../../address/prefix.ts';
import { parseDuration } from '../../../policy/quantity.ts';
import { nameField } from '../../../policy/schema/text.ts';
import type { LearnOptions } from '../../../replay/learn/learn.ts';
import type { Proposal } from '../../../replay/learn/proposal.ts';
import { collected, doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import { Countdown } from '../countdown.ts';
import { CommandError } from '../errors.ts';
import { wholeNumber } from '../listing.ts';
import { plainJson } from '../plain-text.ts';
import { recorded } from '../recording.ts';

interface Options {
  readonly name: string;
  readonly hosts?: readonly Prefix[];
  readonly groupPrefix: number;
  readonly live?: boolean;
  readonly for?: number;
  readonly every?: number;
}

const FOR_MS = 10 * 60_000;
const EVERY_MS = 2_000;
const MOST_HOSTS = 32;

export function defineLearn(command: Command): void {
  command
    .argument('[flows...]', 'recorded flows, in any format that replay takes; - is standard input')
    .option('--live', 'learn from the flows of the running daemon instead')
    .option('--for <span>', 'how long to look at the daemon; default 10m', parsed(parseDuration))
    .option('--every <span>', 'how often to look; default 2s', parsed(parseDuration))
    .option('--name <name>', 'what the policy is called', parsed(policyName), 'learnt')
    .option(
      '--hosts <network>',
      'hosts of this network are ours; may be given many times',
      collected(parsePrefix),
    )
    .addOption(
      new Option('--group-prefix <bits>', 'length of the networks that IPv4 hosts are grouped by')
        .argParser(parsed(groupBits))
        .default(24)
        .conflicts('hosts'),
    )
    .addHelpText(
      'after',
      examples(
        'learn monday.ndjson tuesday.ndjson > office.yaml',
        'learn --hosts 10.1.0.0/16 --name office conn.log.gz > office.yaml',
        'learn --live --for 1h > office.yaml',
      ),
    )
    .action(
      doing<Options>(async (context, files, options) => {
        checkSource(files, options);
        const { policyText } = await import('../../../replay/learn/policy-text.ts');
        const proposal = await propose(context, files, options);
        const text = policyText(proposal);
        const { json } = context.screen;
        context.screen.write(json ? plainJson(proposal) : text.trimEnd());
        if (!json) context.screen.remark(outcome(proposal));
        return undefined;
      }),
    );
}

function checkSource(files: readonly string[], { live = false, hosts = [], ...options }: Options): void {
  const refuse = (message: string) => {
    throw new CommandError('bad-arguments', 2, message);
  };
  if (live === files.length > 0) refuse('name recorded flows, or --live, and not both');
  if (!live && (options.for !== undefined || options.every !== undefined))
    refuse('--for and --every need --live');
  if (hosts.length > MOST_HOSTS) refuse(`--hosts may be given ${MOST_HOSTS} times at most`);
  for (const [i, inner] of hosts.entries()) {
    const outer = hosts.find(
      (each, j) => i !== j && prefixContains(each, inner.address) && each.length <= inner.length,
    );
    if (outer)
      refuse(`--hosts ${formatPrefix(inner)} lies in ${formatPrefix(outer)}: name networks that are apart`);
  }
}

async function propose(context: Context, files: readonly string[], options: Options): Promise<Proposal> {
  const { learn, learnFlows } = await import('../../../replay/learn/learn.ts');
  const { LearnError } = await import('../../../replay/learn/errors.ts');
  const { ProgressBar } = await import('../progress-bar.ts');
  using bar = new ProgressBar(context.around);
  const settings: LearnOptions = {
    name: options.name,
    groupBits: options.groupPrefix,
    onProgress: bar.update,
    ...(options.hosts && { networks: options.hosts }),
  };
  try {
    if (options.live !== true) return await recorded(learn(files, settings));
    const { flows, ...known } = await watch(context, options);
    return learnFlows(flows, { ...settings, ...known });
  } catch (error) {
    if (error instanceof LearnError && error.code === 'PENSTOCK_LEARN_NO_HOST')
      throw new CommandError('nothing-learnt', 1, error.message, { cause: error });
    throw error;
  }
}

/** Until the time is over, or the person has seen enough. */
async function watch(context: Context, options: Options) {
  const { around, screen } = context;
  const api = await context.api();
  const { watchFlows } = await import('../../../replay/learn/live-watch.ts');
  const stopper = new AbortController();
  using _interrupt = around.onInterrupt(() => stopper.abort());
  const { forMs, everyMs } = { forMs: options.for ?? FOR_MS, everyMs: options.every ?? EVERY_MS };
  const untilMs = around.now() + forMs;
  using countdown = new Countdown(around, 'looking at the flows of the daemon (Ctrl-C: that is enough)');
  const { flows, notes, lost } = await watchFlows(
    (query) => {
      countdown.show(untilMs - around.now());
      return answered(api.GET('/v1/flows', { params: { query } }));
    },
    { forMs, everyMs, signal: stopper.signal },
  );
  if (lost === undefined) return { flows, notes, incidents: await openIncidents(api) };
  screen.remark(`the watch ended early: ${lost}`);
  return { flows, notes };
}

/** What the daemon's own detectors, which have looked on for longer, say of the hosts. */
async function openIncidents(api: Client): Promise<readonly Schema<'Incident'>[]> {
  const query = { state: 'open', limit: 500 } as const;
  const { items } = await answered(api.GET('/v1/incidents', { params: { query } }));
  return items;
}

function outcome({ traffic, rules, withheld }: Proposal): string {
  const cases = withheld.cases.length + withheld.unlisted;
  const learnt = `learnt ${traffic.learnt} of ${traffic.flows} flows; rules: ${rules.length}`;
  return cases === 0 ? learnt : `${learnt}; withheld as suspicious: ${cases}, below the rules`;
}

function policyName(text: string): string {
  if (nameField.safeParse(text).success) return text;
  throw new Error('a name has 1-63 letters, digits, - _ or ., a letter or digit first');
}

function groupBits(text: string): number {
  const bits = wholeNumber(text);
  if (bits >= 8 && bits <= 32) return bits;
  throw new Error('a length from 8 to 32');
}
