/** The policy in force: its rules and how they are used, its text, and how it is changed. */
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../api.ts';
import { ProposalCard } from '../decision/proposal-card.tsx';
import { Button } from '../part/button.tsx';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Page } from '../part/page.tsx';
import { may } from '../session.ts';
import { PolicyChange } from './policy-change.tsx';
import { PolicyRules } from './policy-rules.tsx';
import { PolicyText } from './policy-text.tsx';
import { PolicyWide } from './policy-wide.tsx';
import { RevisionTrial } from './revision-trial.tsx';
import '../style/approvals.css';
import '../style/policy.css';

export interface Place {
  readonly file: string;
  readonly line: number;
}

export default function PolicyPage() {
  const { data, failure, isLoading, refresh } = useQuery(
    'policy',
    (client, signal) => client.GET('/v1/policy', { signal }),
    { on: ['policy', 'trial', 'revision'] },
  );
  const [isChanging, setChanging] = useState(false);
  const [place, setPlace] = useState<Place>();
  const change = may('operator', 'policy') && data && !isChanging && (
    <Button tone="primary" onClick={() => setChanging(true)}>
      {may('admin', 'policy') ? 'Change…' : 'Check a change…'}
    </Button>
  );
  return (
    <Page
      title="Policy"
      lead={
        data && (
          <>
            {data.name}, <Link href={`/revisions/${data.revision}`}>revision {data.revision}</Link>
          </>
        )
      }
      actions={change || undefined}
    >
      <ErrorNote failure={failure} retry={refresh} />
      <RevisionTrial />
      <ProposalCard />
      {isLoading && <Loading lines={8} />}
      {data && isChanging && <PolicyChange inForce={data} place={place} onClose={() => setChanging(false)} />}
      {data && <PolicyRules policy={data} onShow={setPlace} />}
      {data && <PolicyWide />}
      {data && !isChanging && <PolicyText policy={data} place={place} />}
    </Page>
  );
}
