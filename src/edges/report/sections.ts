/** A report as chapters with facts, plots and tables: what HTML shows in order, and CSV takes the tables of. */
import { barPlot, severityPlot, timePlot } from './plot.ts';
import type { Listed, Report, TrafficTable, WideRule } from './report.ts';
import { columns, fromList, type Table, type TableName, table, type Value } from './table.ts';
import { bytesText, numberText, shareText, spanText } from './wording.ts';

export interface Chapter {
  readonly id: string;
  readonly title: string;
  /** Sentences. */
  readonly intro: readonly string[];
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** SVG, safe to be put into HTML as it is. */
  readonly plots: readonly string[];
  readonly tables: readonly Table[];
}

export function chaptersOf(report: Report): Chapter[] {
  return [
    trafficChapter(report),
    ruleChapter(report),
    approvalChapter(report),
    incidentChapter(report),
    blockChapter(report),
    changeChapter(report),
    driftChapter(report),
    auditChapter(report),
  ];
}

/** Every table, the summary first. */
export function tablesOf(report: Report): Table[] {
  const chapters = chaptersOf(report);
  const facts = chapters.flatMap(({ title, facts: ofOne }) =>
    ofOne.map(([label, value]) => [title, label, value]),
  );
  return [
    table('summary', 'Summary', columns('Chapter', 'Fact', 'Value'), facts),
    ...chapters.flatMap(({ tables }) => tables),
  ];
}

const SUM_HEADS = ['Sent:bytes', 'Received:bytes', 'Connections:number', 'Denied:number'];

function trafficTable(name: TableName, title: string, head: string, of: TrafficTable | null): Table {
  const heads = columns(head, 'Name', ...SUM_HEADS);
  if (of === null) return table(name, title, heads, [], { empty: 'No database is given to tell it by.' });
  const rows = of.lines.map(({ key, name: known, bytesOut, bytesIn, connections, denied }) => [
    ...[key, known ?? null, bytesOut, bytesIn, connections, denied],
  ]);
  const { bytesOut, bytesIn, connections, denied } = of.other;
  const hasOthers = bytesOut + bytesIn + connections + denied > 0;
  const others = ['(all others)', null, bytesOut, bytesIn, connections, denied];
  return table(name, title, heads, hasOthers ? [...rows, others] : rows, { empty: 'No traffic.' });
}

function trafficChapter({ traffic }: Report): Chapter {
  const head = { id: 'traffic', title: 'Outbound traffic' };
  if (traffic === null) {
    return { ...head, intro: ['No history of flows is there to tell it.'], facts: [], plots: [], tables: [] };
  }
  const { total, points, step } = traffic;
  const heads = columns('From:time', ...SUM_HEADS);
  const rows = points.map(({ atMs, bytesOut, bytesIn, connections, denied }) => [
    ...[atMs, bytesOut, bytesIn, connections, denied],
  ]);
  return {
    ...head,
    intro: ['Connections that hosts of the policy opened, as conntrack counted them, IP headers included.'],
    facts: [
      ['Sent', bytesText(total.bytesOut)],
      ['Received', bytesText(total.bytesIn)],
      ['Connections', numberText(total.connections)],
      ['Denied', numberText(total.denied)],
    ],
    plots: [
      timePlot(points, step),
      barPlot('Sent, by destination', traffic.destinations.lines),
      barPlot('Sent, by host', traffic.hosts.lines),
    ],
    tables: [
      trafficTable('groups', 'By host group', 'Group', traffic.groups),
      trafficTable('hosts', 'By host', 'Host', traffic.hosts),
      trafficTable('destinations', 'By destination', 'Destination', traffic.destinations),
      trafficTable('countries', 'By country', 'Country', traffic.countries),
      trafficTable('systems', 'By autonomous system', 'System', traffic.systems),
      trafficTable('services', 'By service', 'Service', traffic.services),
      trafficTable('rules', 'By rule', 'Rule', traffic.rules),
      { ...table('traffic', `By ${step}`, heads, rows), onlyAsFile: true },
    ],
  };
}

function ruleChapter({ rules, policy }: Report): Chapter {
  const head = { id: 'rules', title: 'Rules' };
  if (rules === null)
    return { ...head, intro: ['The engine did not tell.'], facts: [], plots: [], tables: [] };
  const { unused, expiring, wide } = rules;
  const count = ({ lines, more }: Listed<unknown>) => numberText(lines.length + more);
  return {
    ...head,
    intro: [
      'A rule that nobody used allows what nobody needs. What a wide rule was really used for is what a narrower one would have to allow.',
    ],
    facts: [
      ['Rules in force', numberText(policy?.rules ?? 0)],
      ['Never used', count(unused)],
      ['Expired or about to', count(expiring)],
      ['Wide', count(wide)],
    ],
    plots: [],
    tables: [
      fromList(
        'unused-rules',
        'Never used in this time',
        columns('Rule', 'Description', 'Owner', 'Ticket', 'Last used:time'),
        unused,
        (rule) => [rule.rule, rule.description, rule.owner, rule.ticket, rule.lastHitMs],
        'Every rule was used.',
      ),
      fromList(
        'expiring-rules',
        'Expired, or expiring within 30 days',
        columns('Rule', 'Owner', 'Ticket', 'Expires:time', 'State'),
        expiring,
        (rule) => [
          rule.rule,
          rule.owner,
          rule.ticket,
          rule.expiresMs,
          rule.isExpired ? 'expired' : 'expires soon',
        ],
      ),
      fromList('wide-rules', 'Wide rules, and what would have been enough', WIDE_HEADS, wide, wideRow),
    ],
  };
}

const WIDE_HEADS = columns(
  'Rule',
  'Why it is wide',
  'Sent:bytes',
  'Destinations seen:number',
  'Networks that would do',
  'Services that would do',
  'Covers:share',
  'Remarks',
);
const MOST_SHOWN = 24;

function wideRow({ rule, because, used, narrower }: WideRule): Value[] {
  const why = because.join('; ');
  if (narrower === null) {
    return [rule, why, used.bytesOut, used.destinations, 'nothing was seen: is it needed?', null, null, null];
  }
  const { cidrs, services, names, covers, remarks } = narrower;
  const known = names.length === 0 ? [] : [`known by name: ${names.slice(0, 5).join(', ')}`];
  return [
    ...[rule, why, used.bytesOut, used.destinations, some(cidrs), some(services), covers],
    [...remarks, ...known].join('; '),
  ];
}

function some(all: readonly string[]): string {
  const more = all.length > MOST_SHOWN ? `, and ${all.length - MOST_SHOWN} more` : '';
  return all.slice(0, MOST_SHOWN).join(', ') + more;
}

function approvalChapter({ approvals }: Report): Chapter {
  const { response } = approvals;
  return {
    id: 'approvals',
    title: 'Approvals',
    intro: ['Blocks and quarantines that asked for a person, and how long they waited.'],
    facts: [
      ['Asked', numberText(approvals.asked)],
      ['Approved', numberText(approvals.approved)],
      ['Rejected', numberText(approvals.rejected)],
      ['Not answered in time', numberText(approvals.lapsed)],
      ['Median answer', response === null ? '–' : spanText(response.medianMs)],
      ['90 % within', response === null ? '–' : spanText(response.p90Ms)],
    ],
    plots: [],
    tables: [
      table(
        'approvers',
        'By person',
        columns('Person', 'Approved:number', 'Rejected:number', 'Revoked:number', 'Median answer:span'),
        approvals.persons.map((each) => [
          each.actor,
          each.approved,
          each.rejected,
          each.revoked,
          each.medianMs,
        ]),
        { empty: 'Nobody answered anything.' },
      ),
      fromList(
        'approvals',
        'Each',
        columns('Decision', 'Asked:time', 'Action', 'Target', 'Outcome', 'By', 'After:span', 'Reason'),
        approvals.lines,
        (line) => [
          ...[
            line.id,
            line.askedAtMs,
            line.action,
            line.target,
            line.outcome,
            line.actor,
            line.afterMs,
            line.reason,
          ],
        ],
        'Nothing asked for an answer.',
      ),
    ],
  };
}

function incidentChapter({ incidents }: Report): Chapter {
  const { bySeverity, suppressions } = incidents;
  return {
    id: 'incidents',
    title: 'Incidents',
    intro: [],
    facts: [
      ['Opened', numberText(incidents.opened)],
      ['Critical', numberText(bySeverity.critical)],
      ['High', numberText(bySeverity.high)],
      ['Closed', numberText(incidents.closed)],
      ['Closed as false', numberText(incidents.false)],
      ['Suppressions made', numberText(suppressions.created)],
    ],
    plots: [severityPlot(bySeverity)],
    tables: [
      table(
        'causes',
        'By cause',
        columns('Cause', 'Opened:number', 'False:number', 'Resolved:number', 'Ended by itself:number'),
        incidents.causes.map((each) => [each.cause, each.opened, each.false, each.resolved, each.quiet]),
      ),
      fromList(
        'incidents',
        'The worst first',
        columns(
          'Incident',
          'Severity',
          'Cause',
          'Host',
          'Destination',
          'Opened:time',
          'Verdict',
          'What happened',
        ),
        incidents.worst,
        (line) => [
          ...[
            line.id,
            line.severity,
            line.cause,
            line.host,
            line.destination,
            line.openedAtMs,
            line.verdict,
            line.reason,
          ],
        ],
      ),
    ],
  };
}

function blockChapter({ blocks }: Report): Chapter {
  const { stood } = blocks;
  return {
    id: 'blocks',
    title: 'Blocks',
    intro: ['Wrong are automatic ones that a person rejected, or whose incident turned out to be false.'],
    facts: [
      ['Automatic', numberText(blocks.automatic)],
      ['By hand', numberText(blocks.manual)],
      ['Quarantines among them', numberText(blocks.quarantines)],
      ['Stood in the kernel', numberText(stood.count)],
      ['Median time', stood.count === 0 ? '–' : spanText(stood.medianMs)],
      ['Revoked', numberText(blocks.revoked)],
      [
        'Wrong',
        blocks.automatic === 0
          ? '0'
          : `${numberText(blocks.wrong)} (${shareText(blocks.wrong / blocks.automatic)})`,
      ],
      ['Not enforced', numberText(blocks.failed)],
    ],
    plots: [],
    tables: [
      table(
        'vetoes',
        'Not made, because a guardrail said no',
        columns('Guardrail', 'Times:number'),
        blocks.vetoes.map(({ guardrail, count }) => [guardrail, count]),
      ),
    ],
  };
}

function changeChapter({ changes }: Report): Chapter {
  return {
    id: 'changes',
    title: 'Changes by people',
    intro: [],
    facts: [
      ['Policies applied', numberText(changes.policies)],
      ['Policies refused', numberText(changes.refused)],
      ['Rollbacks', numberText(changes.rollbacks)],
    ],
    plots: [],
    tables: [
      table(
        'changers',
        'By person',
        columns('Person', 'Policies:number', 'Rollbacks:number'),
        changes.persons.map(({ actor, policies, rollbacks }) => [actor, policies, rollbacks]),
      ),
      fromList(
        'changes',
        'Each, the last first',
        columns('At:time', 'By', 'What', 'Detail'),
        changes.lines,
        (line) => [...[line.atMs, line.actor, line.what, line.detail]],
      ),
    ],
  };
}

function driftChapter({ drift }: Report): Chapter {
  return {
    id: 'drift',
    title: 'The kernel against the record',
    intro: ['Penstock compares the kernel with its record after each change and mends what others did.'],
    facts: [
      ['Differences found', numberText(drift.found)],
      ['Mended', numberText(drift.repaired)],
      ['Not mended at once', numberText(drift.failed)],
      ['Fights over the table', numberText(drift.contested)],
      ['Times events were lost', numberText(drift.eventsLost)],
    ],
    plots: [],
    tables: [
      table(
        'culprits',
        'Who changed it',
        columns('Program', 'Times:number'),
        drift.culprits.map(({ name, count }) => [name, count]),
        { empty: 'Nobody that the kernel named.' },
      ),
    ],
  };
}

function auditChapter({ audit }: Report): Chapter {
  const { sound, problem } = audit;
  return {
    id: 'audit',
    title: 'The record itself',
    intro: [
      sound
        ? 'Every entry of the ledger was hashed again: the chain is whole, and what was read from it is what it says.'
        : `The ledger is not what was recorded: ${problem ?? ''}`,
    ],
    facts: [
      ['Chain', sound ? 'whole' : 'BROKEN'],
      ['Entries', numberText(audit.entries)],
      ['In this time', numberText(audit.inPeriod)],
      ['Last hash', audit.headHash],
    ],
    plots: [],
    tables: [],
  };
}
