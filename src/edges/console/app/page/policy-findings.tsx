import type { Answer, Schema } from 'penstock-client';
import { formatCount, formatService } from '../part/format.ts';
import { planLines } from './policy-facts.ts';
import type { Place } from './policy-page.tsx';

type Checked = Answer<'post', '/v1/policy/check'>;
type Plan = Schema<'PolicyPlan'>;

interface Props {
  readonly result: Checked;
  /** Nothing was changed since. */
  readonly isFresh: boolean;
  readonly onShow: (place: Place) => void;
}

/** What a check found, and what the policy would do. */
export function PolicyFindings({ result, isFresh, onShow }: Props) {
  const { valid, problems, warnings, tests, plan } = result;
  const failing = tests.filter(({ passed }) => !passed);
  return (
    <section class="policy-findings" aria-label="What the check found">
      <p class={`note ${valid ? 'tone-ok' : 'tone-critical'}`} role="status">
        <strong>{headline(result)}</strong>
        {!isFresh && ' This was before your last change: check again.'}
      </p>
      <ProblemList title="Problems" problems={problems} onShow={onShow} />
      <ProblemList
        title="Failing tests of the policy"
        problems={failing.flatMap(({ name, place, failures }) =>
          failures.map((failure) => ({ ...place, message: `${name}: ${failure}`, expected: '' })),
        )}
        onShow={onShow}
      />
      <ProblemList title="Warnings" problems={warnings} onShow={onShow} />
      {plan && <PlanView plan={plan} />}
    </section>
  );
}

function headline({ valid, problems, tests, plan }: Checked): string {
  if (problems.length > 0) return `${problems.length === 1 ? 'One problem' : `${problems.length} problems`}.`;
  if (!valid) return 'Its own tests fail.';
  const passed = testWords(tests.length);
  return plan?.changed === false ? `Nothing would change. ${passed}` : `It is valid. ${passed}`;
}

function testWords(count: number): string {
  if (count === 0) return 'It has no tests.';
  return count === 1 ? 'Its test passes.' : `Its ${formatCount(count)} tests pass.`;
}

interface ProblemsProps {
  readonly title: string;
  readonly problems: readonly Schema<'PolicyProblem'>[];
  readonly onShow: (place: Place) => void;
}

function ProblemList({ title, problems, onShow }: ProblemsProps) {
  if (problems.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="policy-problems">
        {problems.map((problem) => {
          const { file, line, column, field, message, expected } = problem;
          return (
            <li key={`${file}:${line}:${column}:${message}`}>
              <button type="button" class="policy-place" onClick={() => onShow({ file, line })}>
                {file}:{line}:{column}
              </button>{' '}
              {field !== '' && <code>{field}</code>} {message}
              {expected !== '' && <span class="field-hint"> — expected: {expected}</span>}
            </li>
          );
        })}
      </ul>
    </>
  );
}

export function PlanView({ plan }: { plan: Plan }) {
  const { flows, cuts, lifts, cutsOperators } = plan;
  const lines = planLines(plan);
  if (!plan.changed) return null;
  return (
    <>
      {cutsOperators.length > 0 && <OperatorNote paths={cutsOperators} />}
      <h3>What would change</h3>
      <ul class="policy-plan">
        {lines.map(({ sign, words }) => (
          <li key={`${sign}${words}`} data-sign={sign}>
            {sign} {words}
          </li>
        ))}
        {lines.length === 0 && <li>Only the text: no rule, group or setting.</li>}
      </ul>
      <h3>What it would do now</h3>
      <ul class="policy-plan">
        <li>{formatCount(flows.newlyDenied)} standing flows newly denied</li>
        <li>{formatCount(flows.newlyAllowed)} standing flows newly allowed</li>
        <li data-sign={cuts.count > 0 ? '−' : undefined}>
          {formatCount(cuts.count)} standing connections would be cut
          {cuts.count > 0 && `: ${tallied(cuts.byRule)} by rule; ${tallied(cuts.byHost)} by host`}
        </li>
        {lifts.map(({ id, target }) => (
          <li key={id} data-sign="~">
            block {id} of {target} would be lifted
          </li>
        ))}
      </ul>
      <Examples title="Examples of flows" examples={flows.examples} />
      <Examples title="Connections that would be cut" examples={cuts.examples} />
    </>
  );
}

function OperatorNote({ paths }: { paths: Plan['cutsOperators'] }) {
  return (
    <div class="note tone-critical" role="alert">
      <div>
        <strong>It cuts the path of an operator, so it is refused unless forced</strong>
        <ul>
          {paths.map(({ from, to, service, actor, via, because }) => (
            <li key={`${from}${to}${via}${service.protocol}${service.port}`}>
              {from} → {to} {formatService(service)},{' '}
              {actor === null ? 'a standing connection' : `${via} of ${actor}`}: {because}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Examples({ title, examples }: { title: string; examples: readonly string[] }) {
  if (examples.length === 0) return null;
  return (
    <details>
      <summary>{title}</summary>
      <ul class="policy-examples">
        {examples.map((example) => (
          <li key={example}>{example}</li>
        ))}
      </ul>
    </details>
  );
}

const MOST_KEYS = 4;

function tallied(tallies: Plan['cuts']['byRule']): string {
  const told = tallies.slice(0, MOST_KEYS).map(({ key, count }) => `${key} (${count})`);
  return told.join(', ') + (tallies.length > MOST_KEYS ? ', …' : '');
}
