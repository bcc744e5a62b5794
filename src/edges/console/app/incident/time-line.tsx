import { useQuery } from '../api.ts';
import { entryWords, typeWords } from '../entry-words.ts';
import type { LiveEntry } from '../live.ts';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Time } from '../part/time.tsx';

const MOST = 100;

interface Props {
  readonly incident: string;
  /** Ids of the decisions that came of it. */
  readonly decisions: readonly string[];
}

/** What the ledger holds of an incident and its decisions, newest first. */
export function TimeLine({ incident, decisions }: Props) {
  const subjects = [incident, ...decisions.slice(0, 10)];
  const { data, failure, isLoading, refresh } = useQuery(
    `time line ${subjects.join(' ')}`,
    async (client, signal) => {
      const answers = await Promise.all(
        subjects.map((subject) =>
          client.GET('/v1/audit', { params: { query: { subject, order: 'newest', limit: MOST } }, signal }),
        ),
      );
      const failed = answers.find((answer) => !answer.data);
      if (failed) return { error: failed.error, response: failed.response };
      const entries = answers.flatMap((answer) => answer.data?.items ?? []);
      return { data: entries.toSorted((one, other) => other.seq - one.seq), response: answers[0]!.response };
    },
    { on: ['incident', 'decision', 'enforcement', 'suppression', 'evidence'] },
  );
  if (isLoading) return <Loading />;
  return (
    <>
      <ErrorNote failure={failure} retry={refresh} />
      <ol class="time-line">
        {folded(data ?? []).map(({ entry, times }) => (
          <li key={entry.seq}>
            <span class={`time-line-dot ${toneOf(entry.type)}`} aria-hidden="true" />
            <div>
              <strong>{typeWords(entry.type)}</strong>
              {times > 1 && <span class="soft"> {times} times</span>}
              {entry.subject !== null && entry.subject !== incident && (
                <span class="soft id"> {entry.subject}</span>
              )}
              <p class="soft small">
                {entry.actor} · <Time ms={entry.atMs} />
                {detail(entry)}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

/** Updates in a row are one line. */
function folded(entries: readonly LiveEntry[]): { entry: LiveEntry; times: number }[] {
  const lines: { entry: LiveEntry; times: number }[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    if (last?.entry.type === 'incident.updated' && entry.type === 'incident.updated') last.times += 1;
    else lines.push({ entry, times: 1 });
  }
  return lines;
}

/** What is told besides what the page is about anyway. */
function detail({ type, body, subject, ...rest }: LiveEntry): string {
  if (type === 'decision.vetoed' || type === 'enforcement.failed' || type.startsWith('suppression.')) {
    return `: ${entryWords({ type, body, subject, ...rest })}`;
  }
  const reason = body.reason ?? lastAnswer(body)?.reason;
  return typeof reason === 'string' && reason !== '' ? `: ${reason}` : '';
}

function lastAnswer({ decision }: LiveEntry['body']): { reason?: unknown } | undefined {
  const answers = (decision as { answers?: unknown } | undefined)?.answers;
  return Array.isArray(answers) ? answers.at(-1) : undefined;
}

function toneOf(type: string): string {
  if (/failed|vetoed|lost/.test(type)) return 'tone-critical';
  if (/approved|applied|opened|escalated/.test(type)) return 'tone-high';
  if (/closed|lifted|revoked|rejected/.test(type)) return 'tone-ok';
  return 'tone-neutral';
}
