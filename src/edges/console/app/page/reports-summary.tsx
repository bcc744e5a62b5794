import type { Schema } from 'penstock-client';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { Badge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Bytes } from '../part/bytes.tsx';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount, formatMany, formatSpan } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { PolicyWideList } from './policy-wide.tsx';
import type { Span } from './reports-period.ts';

type Report = Schema<'Report'>;

/** What matters most of a report, on the page. Made only when asked for: the whole ledger is read for it. */
export function ReportSummary({ span: { fromMs, toMs } }: { span: Span }) {
  const [isAsked, setAsked] = useState(false);
  const { data, failure, isLoading, refresh } = useQuery(
    isAsked ? `report ${fromMs} ${toMs}` : null,
    (client, signal) => client.GET('/v1/reports', { params: { query: { from: fromMs, to: toMs } }, signal }),
  );
  return (
    <Panel
      title="At a glance"
      aside={
        <Button disabled={isAsked} onClick={() => setAsked(true)}>
          Show here
        </Button>
      }
    >
      {!isAsked && <p class="field-hint">The whole ledger is read for it, which takes a moment.</p>}
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading lines={6} />}
      {data && <Facts report={data} />}
    </Panel>
  );
}

function Facts({ report }: { report: Report }) {
  const { gaps, traffic, rules, approvals, incidents, blocks, changes, audit } = report;
  const { response } = approvals;
  return (
    <div class="report-summary">
      {gaps.length > 0 && (
        <ul class="note tone-medium report-gaps">
          {gaps.map((gap) => (
            <li key={gap}>{gap}</li>
          ))}
        </ul>
      )}
      <dl class="facts">
        <Fact name="Sent out">{traffic ? <Bytes bytes={traffic.total.bytesOut} /> : 'no history'}</Fact>
        <Fact name="Connections">
          {traffic &&
            `${formatCount(traffic.total.connections)}, ${formatCount(traffic.total.denied)} denied`}
        </Fact>
        <Fact name="Incidents">
          {formatCount(incidents.opened)} opened, {formatCount(incidents.bySeverity.critical)} critical
        </Fact>
        <Fact name="False incidents">{formatCount(incidents.false)}</Fact>
        <Fact name="Approvals">
          {formatCount(approvals.approved)} of {formatCount(approvals.asked)}, {formatCount(approvals.lapsed)}{' '}
          lapsed
        </Fact>
        <Fact name="Answered within">{response ? `${formatSpan(response.medianMs)} (median)` : '–'}</Fact>
        <Fact name="Blocks">
          {formatCount(blocks.automatic)} automatic, {formatCount(blocks.manual)} by hand
        </Fact>
        <Fact name="Policy changes">
          {formatCount(changes.policies)}, {formatMany(changes.rollbacks, 'rollback')}
        </Fact>
        <Fact name="Rules">
          {rules &&
            `${listed(rules.unused)} unused, ${listed(rules.expiring)} expire soon, ${listed(rules.wide)} wide`}
        </Fact>
        <Fact name="Ledger">
          <Badge tone={audit.sound ? 'ok' : 'critical'}>{audit.sound ? 'sound' : 'CHANGED'}</Badge>{' '}
          {formatMany(audit.entries, 'entry', 'entries')}
          {audit.problem !== null && `: ${audit.problem}`}
        </Fact>
      </dl>
      {rules && <PolicyWideList wide={rules.wide.lines} />}
    </div>
  );
}

function listed({ lines, more }: { lines: readonly unknown[]; more: number }): string {
  return formatCount(lines.length + more);
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children || '–'}</dd>
    </div>
  );
}
