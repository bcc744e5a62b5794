import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../api.ts';
import { now } from '../clock.ts';
import { Badge } from '../part/badge.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Select } from '../part/field.tsx';
import { formatCount } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { type Column, Table } from '../part/table.tsx';
import { ExactTime, Time } from '../part/time.tsx';
import { type Draft, lineOfRule, RULE_VIEWS, type RuleView, ruleMarks, rulesIn } from './policy-facts.ts';
import type { Place } from './policy-page.tsx';

type Rule = Schema<'RuleUse'>;

interface Props {
  readonly policy: Draft;
  readonly onShow: (place: Place) => void;
}

/** More rows than this are for a search, not for the eye; the text has them all. */
const MOST_SHOWN = 300;

export function PolicyRules({ policy, onShow }: Props) {
  const [view, setView] = useState<RuleView>('all');
  const { data, failure, isLoading, refresh } = useQuery(
    'rules',
    (client, signal) => client.GET('/v1/policy/rules', { signal }),
    { on: ['policy'], everyMs: 10_000 },
  );
  const nowMs = now.value;
  const rules = rulesIn(data?.rules ?? [], view, nowMs);
  const shown = rules.slice(0, MOST_SHOWN);
  const aside = <Select label="Show" value={view} options={RULE_VIEWS} onChange={setView} />;
  return (
    <Panel title={`Rules (${formatCount(data?.rules.length ?? 0)})`} aside={aside} flush>
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading lines={5} />}
      {data && rules.length === 0 && (
        <Empty icon="policy">{view === 'all' ? 'No rule: nothing is allowed.' : 'No such rule.'}</Empty>
      )}
      {data && rules.length > 0 && (
        <Table
          caption="Rules of the policy in force"
          columns={columnsOf(nowMs, (rule) => showRule(policy, rule, onShow))}
          rows={shown}
          keyOf={({ rule }) => rule}
        />
      )}
      {data && (
        <p class="policy-since">
          {rules.length > shown.length && `${formatCount(rules.length - shown.length)} more: see the text. `}
          Hits are {data.source === 'kernel' ? 'counted by the kernel' : 'new connections'} since{' '}
          <ExactTime ms={data.sinceMs} />.
        </p>
      )}
    </Panel>
  );
}

function columnsOf(nowMs: number, show: (rule: string) => void): Column<Rule>[] {
  return [
    { title: 'Rule', cell: (rule) => <RuleName rule={rule} onShow={show} /> },
    { title: 'Hits', isNumber: true, cell: ({ rule, hits }) => <Hits rule={rule} hits={hits} /> },
    {
      title: 'Last hit',
      isMinor: true,
      cell: ({ lastHitMs }) => (lastHitMs === null ? '–' : <Time ms={lastHitMs} />),
    },
    { title: 'Look at', cell: (rule) => <Marks rule={rule} nowMs={nowMs} /> },
    {
      title: 'Expires',
      isMinor: true,
      cell: ({ expiresMs }) => (expiresMs === null ? '–' : <ExactTime ms={expiresMs} />),
    },
    {
      title: 'Owner',
      isMinor: true,
      cell: ({ owner, ticket }) => [owner, ticket].filter(Boolean).join(', ') || '–',
    },
  ];
}

function RuleName({ rule: { rule, description }, onShow }: { rule: Rule; onShow: (rule: string) => void }) {
  return (
    <>
      <button type="button" class="policy-rule" title="Show it in the text" onClick={() => onShow(rule)}>
        {rule}
      </button>
      {description !== null && <span class="field-hint policy-description">{description}</span>}
    </>
  );
}

function Hits({ rule, hits }: { rule: string; hits: number }) {
  return (
    <Link href={`/flows?rule=${encodeURIComponent(rule)}`} title="Live flows that it allows">
      {formatCount(hits)}
    </Link>
  );
}

function Marks({ rule, nowMs }: { rule: Rule; nowMs: number }) {
  const marks = ruleMarks(rule, nowMs);
  if (marks.length === 0) return <span class="field-hint">–</span>;
  return (
    <span class="policy-marks">
      {marks.map(({ tone, words, because }) => (
        <Badge key={words} tone={tone} title={because}>
          {words}
        </Badge>
      ))}
    </span>
  );
}

function showRule({ files }: Draft, rule: string, onShow: (place: Place) => void): void {
  for (const [file, text] of Object.entries(files)) {
    const line = lineOfRule(text, rule);
    if (line === undefined) continue;
    onShow({ file, line });
    return;
  }
}
