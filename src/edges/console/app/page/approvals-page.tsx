import '../style/approvals.css';
import { useState } from 'preact/hooks';
import { AnswerDialog, type Verb } from '../decision/answer-dialog.tsx';
import { ApprovalCard } from '../decision/approval-card.tsx';
import { Linked } from '../decision/linked.tsx';
import { ProposalCard } from '../decision/proposal-card.tsx';
import { LatestDecisions, StandingBlocks } from '../decision/standing-blocks.tsx';
import { useWaiting } from '../decision/waiting.ts';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Page } from '../part/page.tsx';
import type { Decision } from '../words.ts';

export default function ApprovalsPage() {
  const { data, failure, isLoading, refresh } = useWaiting();
  const [answering, setAnswering] = useState<{ decision: Decision; verb: Verb }>();
  const count = data?.length ?? 0;
  const lead = data && (count === 0 ? 'Nothing waits' : `${count} waiting, the one that lapses first on top`);
  return (
    <Page title="Approvals" lead={lead}>
      <ErrorNote failure={failure} retry={refresh} />
      <Linked waiting={data} />
      <ProposalCard />
      {isLoading && <Loading lines={6} />}
      {count === 0 && data !== undefined && (
        <div class="panel">
          <Empty icon="check">No decision waits for an answer.</Empty>
        </div>
      )}
      {data?.map((decision) => (
        <ApprovalCard
          key={decision.id}
          decision={decision}
          onAnswer={(verb) => setAnswering({ decision, verb })}
        />
      ))}
      {answering && <AnswerDialog {...answering} onClose={() => setAnswering(undefined)} />}
      <StandingBlocks />
      <LatestDecisions />
    </Page>
  );
}
