/**
 * Alerts link to one decision: `/approvals#D42`. Its card is brought into sight and takes the focus; when somebody has
 * answered in the meantime, it is told who.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { formatDateTime } from '../part/format.ts';
import { type Decision, titleWords } from '../words.ts';

export function Linked({ waiting }: { waiting: readonly Decision[] | undefined }) {
  const [id] = useState(() => /^#(D[1-9]\d{0,15})$/.exec(location.hash)?.[1]);
  const isWaiting = waiting?.some((decision) => decision.id === id) ?? false;
  const hasShown = useRef(false);
  useEffect(() => {
    if (id === undefined || !isWaiting || hasShown.current) return;
    hasShown.current = true;
    const card = document.getElementById(id);
    card?.scrollIntoView({ block: 'start' });
    card?.focus({ preventScroll: true });
  }, [id, isWaiting]);
  if (id === undefined || waiting === undefined || isWaiting) return null;
  return <Answered id={id} />;
}

function Answered({ id }: { id: string }) {
  const { data, failure } = useQuery(
    `decision ${id}`,
    (client, signal) => client.GET('/v1/decisions/{id}', { params: { path: { id } }, signal }),
    { on: ['decision'] },
  );
  if (failure?.status === 404) return <Note title={`There is no decision ${id}`} words="" />;
  if (data === undefined) return null;
  return <Note title={`${id} does not wait any more: ${data.state}`} words={wordsOf(data)} />;
}

function Note({ title, words }: { title: string; words: string }) {
  return (
    <div class="note tone-accent" role="status">
      <div>
        <strong>{title}</strong>
        <p>{words}</p>
      </div>
    </div>
  );
}

function wordsOf(decision: Decision): string {
  const last = decision.answers.at(-1);
  const what = titleWords(decision);
  if (last === undefined) return `${what}. Nobody answered.`;
  const why = last.reason === '' ? '' : `: ${last.reason}`;
  return `${what}. ${last.actor}, ${formatDateTime(last.atMs)}${why}`;
}
