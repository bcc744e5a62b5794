/** One revision: who made it and why, what it changed, its policy. */
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../api.ts';
import { Badge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Select } from '../part/field.tsx';
import type { PageProps } from '../part/lazy-page.tsx';
import { Page } from '../part/page.tsx';
import { Panel } from '../part/panel.tsx';
import { ExactTime } from '../part/time.tsx';
import { may } from '../session.ts';
import { status } from '../status.ts';
import { PolicyText } from './policy-text.tsx';
import { RevisionDifference } from './revision-difference.tsx';
import { kindWords, type Revision, trialWords } from './revision-facts.ts';
import { RollbackDialog } from './revision-rollback.tsx';
import { RevisionTrial } from './revision-trial.tsx';
import '../style/policy.css';

type Against = 'before' | 'latest';

export default function RevisionPage({ params: { n = '' } }: PageProps) {
  const number = Number(n);
  const { data, failure, isLoading, refresh } = useQuery(
    `revision ${n}`,
    (client, signal) => client.GET('/v1/revisions/{number}', { params: { path: { number } }, signal }),
    { on: ['trial', 'revision'] },
  );
  const newest = useQuery(
    'newest revision',
    (client, signal) => client.GET('/v1/revisions', { params: { query: { limit: 1 } }, signal }),
    { on: ['revision'] },
  );
  const latest = newest.data?.items[0]?.number;
  const [isRollingBack, setRollingBack] = useState(false);
  const canRollBack = may('admin', 'revisions') && data && latest !== undefined && latest !== number;
  return (
    <Page
      title={`Revision ${n}`}
      lead={<Link href="/revisions">All revisions</Link>}
      actions={
        canRollBack ? (
          <Button tone="danger" onClick={() => setRollingBack(true)}>
            Roll back to it…
          </Button>
        ) : undefined
      }
    >
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading lines={8} />}
      {status.value?.trial?.revision === number && <RevisionTrial />}
      {data && <Facts revision={data} isLatest={latest === number} />}
      {data && latest !== undefined && <Differences number={number} latest={latest} />}
      {data && <RevisionPolicy number={number} />}
      {isRollingBack && latest !== undefined && (
        <RollbackDialog to={number} latest={latest} onClose={() => setRollingBack(false)} />
      )}
    </Page>
  );
}

function Facts({ revision, isLatest }: { revision: Revision; isLatest: boolean }) {
  const { atMs, actor, reason, policyDigest } = revision;
  const trial = trialWords(revision);
  return (
    <dl class="facts revision-facts">
      <div>
        <dt>What</dt>
        <dd>
          {kindWords(revision)} {isLatest && <Badge tone="ok">in force</Badge>}
        </dd>
      </div>
      <div>
        <dt>When</dt>
        <dd>
          <ExactTime ms={atMs} />
        </dd>
      </div>
      <div>
        <dt>Who</dt>
        <dd>{actor}</dd>
      </div>
      <div>
        <dt>Why</dt>
        <dd>{reason || '–'}</dd>
      </div>
      {trial && (
        <div>
          <dt>Trial</dt>
          <dd>
            <Badge tone={trial.tone}>{trial.words}</Badge>
          </dd>
        </div>
      )}
      <div>
        <dt>Policy</dt>
        <dd>
          <code title={policyDigest}>{policyDigest.slice(0, 12)}</code>
        </dd>
      </div>
    </dl>
  );
}

function Differences({ number, latest }: { number: number; latest: number }) {
  const [against, setAgainst] = useState<Against>('before');
  const isFirst = number === 1;
  const [from, to] = against === 'before' ? [number - 1, number] : [number, latest];
  const options = [
    { value: 'before', words: 'What it changed' },
    { value: 'latest', words: `What was changed since (to ${latest})` },
  ] as const;
  return (
    <Panel
      title="Difference"
      aside={<Select label="Show" value={against} options={options} onChange={setAgainst} />}
    >
      {isFirst && against === 'before' ? (
        <p class="field-hint">It is the first revision: there was nothing before it.</p>
      ) : (
        <RevisionDifference from={from} to={to} />
      )}
    </Panel>
  );
}

function RevisionPolicy({ number }: { number: number }) {
  const { data, failure } = useQuery(`policy of revision ${number}`, (client, signal) =>
    client.GET('/v1/revisions/{number}/policy', { params: { path: { number } }, signal }),
  );
  return (
    <>
      <ErrorNote failure={failure} />
      {data && <PolicyText policy={data} />}
    </>
  );
}
