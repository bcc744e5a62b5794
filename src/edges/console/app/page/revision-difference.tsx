/** What differs between two revisions: the policy by its parts, and the decisions that stood. */
import type { Answer, Schema } from 'penstock-client';
import { useQuery } from '../api.ts';
import { DecisionBadge } from '../part/badge.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatMany } from '../part/format.ts';
import { targetWords } from './revision-facts.ts';

type Difference = Answer<'get', '/v1/revisions/{number}/diff'>;
type Policy = Schema<'PolicyDifference'>;
type Part = Policy['parts'][number];
type Field = Part['fields'][number];

export function RevisionDifference({ from, to }: { from: number; to: number }) {
  const { data, failure, isLoading, refresh } = useQuery(`difference ${from} ${to}`, (client, signal) =>
    client.GET('/v1/revisions/{number}/diff', { params: { path: { number: from }, query: { to } }, signal }),
  );
  return (
    <section class="difference" aria-label={`What differs between revision ${from} and ${to}`}>
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading lines={4} />}
      {data && <Parts difference={data} />}
    </section>
  );
}

function Parts({ difference: { policy, unreadable, decisions } }: { difference: Difference }) {
  const { added, removed, changed, more } = decisions;
  const same =
    policy === null && unreadable.length === 0 && added.length + removed.length + changed.length === 0;
  if (same) return <Empty>Policy and standing decisions are the same.</Empty>;
  return (
    <>
      {unreadable.length > 0 && (
        <p class="note tone-medium">
          The policy of revision {unreadable.join(' and ')} cannot be read by this version, so the policies
          are not compared.
        </p>
      )}
      <h3>Policy</h3>
      {policy === null || policy.parts.length === 0 ? (
        <p class="field-hint">{unreadable.length > 0 ? 'Not compared.' : 'The same.'}</p>
      ) : (
        <ul class="difference-parts">
          {policy.parts.map((part) => (
            <PartView key={`${part.part} ${part.id}`} part={part} />
          ))}
        </ul>
      )}
      {policy !== null && policy.more > 0 && (
        <p class="field-hint">{formatMany(policy.more, 'more part differs', 'more parts differ')}.</p>
      )}
      <h3>Standing decisions</h3>
      {added.length + removed.length + changed.length === 0 && <p class="field-hint">The same.</p>}
      <ul class="difference-parts">
        {added.map((decision) => (
          <DecisionLine key={decision.id} change="added" decision={decision} />
        ))}
        {removed.map((decision) => (
          <DecisionLine key={decision.id} change="removed" decision={decision} />
        ))}
        {changed.map(({ to }) => (
          <DecisionLine key={to.id} change="changed" decision={to} />
        ))}
      </ul>
      {more > 0 && (
        <p class="field-hint">{formatMany(more, 'more decision differs', 'more decisions differ')}.</p>
      )}
    </>
  );
}

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;

function PartView({ part: { part, id, change, fields } }: { part: Part }) {
  return (
    <li data-change={change}>
      <strong>
        <span aria-hidden="true">{SIGNS[change]}</span> {part}
        {id !== null && ` ${id}`}
      </strong>{' '}
      <span class="field-hint">{change}</span>
      {fields.length > 0 && (
        <dl class="difference-fields">
          {fields.map((field) => (
            <FieldView key={field.field} field={field} />
          ))}
        </dl>
      )}
    </li>
  );
}

function FieldView({ field: { field, from, to, added, removed } }: { field: Field }) {
  return (
    <div>
      <dt>{field}</dt>
      <dd>
        {from !== null && <del>{from}</del>} {to !== null && <ins>{to}</ins>}
        {removed.map((value) => (
          <del key={value}>{value}</del>
        ))}
        {added.map((value) => (
          <ins key={value}>{value}</ins>
        ))}
      </dd>
    </div>
  );
}

function DecisionLine({ change, decision }: { change: keyof typeof SIGNS; decision: Schema<'Decision'> }) {
  const { id, action, target, state } = decision;
  return (
    <li data-change={change}>
      <strong>
        <span aria-hidden="true">{SIGNS[change]}</span> {id}
      </strong>{' '}
      {action} {targetWords(target)} <DecisionBadge state={state} /> <span class="field-hint">{change}</span>
    </li>
  );
}
