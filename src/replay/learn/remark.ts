/** Comments of the file: words and numbers for the one who reviews it. */
import { formatSize } from '../../policy/schema/quantity.ts';
import type {
  Charge,
  Failures,
  Proposal,
  ProposedNetwork,
  ProposedRule,
  Seen,
  WithheldCase,
} from './proposal.ts';

const LONGEST_LINE = 100;
/** What YAML takes as the end of a line, and what hides or turns round text on a screen. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Lines as the yaml library takes a comment: each gets its `#` and must bring its own blank. */
export function comment(lines: readonly string[]): string {
  return lines
    .flatMap(wrapped)
    .map((line) => ` ${line.replace(UNSAFE, '?')}`)
    .join('\n');
}

/** At blanks; what goes on is indented. */
function wrapped(line: string): string[] {
  const lines: string[] = [];
  const indent = line.match(/^ */)?.[0] ?? '';
  let current = '';
  for (const word of line.trim().split(' ')) {
    const longer = current === '' ? indent + word : `${current} ${word}`;
    if (longer.length > LONGEST_LINE && current !== '') {
      lines.push(current);
      current = `${indent}  ${word}`;
    } else current = longer;
  }
  return [...lines, current];
}

export function headRemarks({ notes, traffic, hostChoice, rules, withheld, failures }: Proposal): string[] {
  const { unlearnt } = traffic;
  const left = Object.entries(UNLEARNT_WORDS).flatMap(([reason, words]) => {
    const flows = unlearnt[reason as keyof typeof unlearnt];
    return flows > 0 ? [`  ${flows} ${words}`] : [];
  });
  return [
    'Proposed by penstock learn. Review it: it allows what was seen and answered, good or bad.',
    `Traffic: ${count(traffic.flows, 'flow')}${between(traffic.firstMs, traffic.lastMs)}`,
    ...notes.map((note) => `  ${note}`),
    `Learnt: ${count(traffic.learnt, 'flow')}, as ${count(rules.length, 'rule')}`,
    ...(withheld.cases.length > 0
      ? [
          `Withheld: ${count(traffic.withheld, 'flow')}, ${count(withheld.cases.length + withheld.unlisted, 'case')} that ` +
            'detectors find suspicious; see below the rules',
        ]
      : []),
    ...(left.length > 0 ? ['Not learnt, in flows:', ...left] : []),
    ...(hostChoice === 'guessed'
      ? [
          'The host groups are guessed: no private address opened a flow. Check them, or name yours (--hosts).',
        ]
      : []),
    ...failureRemarks(failures),
  ];
}

const UNLEARNT_WORDS = {
  unanswered: 'not answered',
  refused: 'refused',
  notOurs: 'not opened by a host of these groups',
  linkScope: 'that never leave the link, which no policy judges',
  nameless: 'of services that no rule can name (ICMP of unknown type, port 0)',
  leftOut: 'BEYOND WHAT ONE FILE HOLDS: of the rarest destinations',
} as const;

function failureRemarks({ most, others }: Failures): string[] {
  if (most.length === 0) return [];
  return [
    'Never answered, so not allowed; add rules for one-way services such as syslog and multicast:',
    ...most.map(
      ({ group, service, destination, flows, sources }) =>
        `  ${group} -> ${destination} ${service}: ${count(flows, 'flow')} of ${count(sources, 'host')}`,
    ),
    ...(others > 0 ? [`  and ${others} more`] : []),
  ];
}

/** `2899 hits, 2023-02-20T00:00:01Z to 2023-02-20T16:59:58Z, 1 source, 180.3 KiB out; 3 addresses`. */
export function ruleRemarks(rule: ProposedRule): string[] {
  const addresses = rule.networks.reduce((sum, network) => sum + network.addresses, 0);
  return [`${seenRemark(rule)}; ${count(addresses, 'address', 'addresses')}`, ...rule.remarks];
}

export function networkRemark(network: ProposedNetwork): string {
  const several = network.addresses > 1 ? `${network.addresses} addresses of it, ` : '';
  return `${several}${count(network.hits, 'hit')}, ${count(network.sources, 'source')}, last ${timeText(network.lastMs)}`;
}

export function caseRemarks({ charges, destination, failed, rules }: WithheldCase): string[] {
  const what =
    destination ??
    `what ${charges[0].host} alone did${rules.length > 0 ? '' : ', of which nothing was answered'}`;
  return [
    `WITHHELD: ${what}`,
    ...charges.map(chargeRemark),
    ...(failed > 0 ? [`${count(failed, 'flow')} to it failed`] : []),
  ];
}

function chargeRemark({ severity, cause, host, reason }: Charge): string {
  return `${severity}, ${cause} of ${host}: ${reason}`;
}

function seenRemark({ hits, sources, firstMs, lastMs, bytesOut }: Seen): string {
  if (hits === 0) return 'never answered';
  const when = hits === 1 ? `at ${timeText(firstMs)}` : `${timeText(firstMs)} to ${timeText(lastMs)}`;
  return `${count(hits, 'hit')}, ${when}, ${count(sources, 'source')}, ${formatSize(bytesOut)} out`;
}

function between(firstMs: number | null, lastMs: number | null): string {
  return firstMs === null ? '' : ` from ${timeText(firstMs)} to ${timeText(lastMs)}`;
}

/** To the second, in UTC. Captures that count from their own beginning are in 1970. */
function timeText(ms: number | null): string {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : `${date.toISOString().slice(0, -5)}Z`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
