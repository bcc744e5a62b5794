/** Reports for audits: on a time that is chosen here, or those that came by themselves. */
import { useMemo, useState } from 'preact/hooks';
import { now } from '../clock.ts';
import { Page } from '../part/page.tsx';
import { Panel } from '../part/panel.tsx';
import { useSearchState } from '../part/search-state.ts';
import { ReportDownloads } from './reports-downloads.tsx';
import { ReportsKept } from './reports-kept.tsx';
import { periodChoiceOf, searchOfPeriod, spanOf } from './reports-period.ts';
import { PeriodFields } from './reports-period-fields.tsx';
import { ReportSummary } from './reports-summary.tsx';
import '../style/policy.css';

export default function ReportsPage() {
  const { typed, asked, change } = useSearchState(periodChoiceOf, searchOfPeriod);
  // The time of one report: `now` goes on while it is read.
  const [opened] = useState(() => now.peek());
  const span = useMemo(() => spanOf(asked, opened), [asked, opened]);
  return (
    <Page title="Reports" lead="What was sent, what rules were for, who approved what and how fast">
      <PeriodFields choice={typed} onChange={change} />
      {span === undefined ? (
        <p class="note tone-medium">Say from when until when; the end must be after the beginning.</p>
      ) : (
        <>
          <Panel title="Download">
            <ReportDownloads key={`${span.fromMs} ${span.toMs}`} span={span} />
          </Panel>
          <ReportSummary key={`summary ${span.fromMs} ${span.toMs}`} span={span} />
        </>
      )}
      <ReportsKept />
    </Page>
  );
}
