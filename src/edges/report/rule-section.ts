/** Rules that nobody used, that end soon, and that allow more than they were used for. */
import type { RuleListing } from '../../engine/rule-hits.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Period, RuleUses } from './input.ts';
import { narrower } from './narrowing.ts';
import { listed, type RuleReport, type Sums, type WideRule } from './report.ts';
import { added } from './traffic-section.ts';
import { widthOf } from './width.ts';

/** From the end of the report's time on. */
const SOON_MS = 30 * 86_400_000;
const NOTHING: Sums = { bytesOut: 0, bytesIn: 0, connections: 0, denied: 0 };

/** `used`: rules that the history knows of in the time. */
export function ruleSection(
  listing: RuleListing,
  policy: Policy | null,
  uses: readonly RuleUses[],
  used: ReadonlySet<string>,
  period: Period,
): RuleReport {
  const seen = new Map(uses.map((each) => [each.rule, each]));
  const isUsed = ({ rule, lastHitMs, hits }: RuleListing['rules'][number]) =>
    used.has(rule) || seen.has(rule) || (hits > 0 && (lastHitMs ?? 0) >= period.fromMs);
  const unused = listing.rules.filter((rule) => !isUsed(rule));
  const expiring = listing.rules.filter(
    ({ expiresMs }) => expiresMs !== null && expiresMs < period.toMs + SOON_MS,
  );
  return {
    unused: listed(
      unused.map(({ rule, description, owner, ticket, lastHitMs }) => ({
        rule,
        description,
        owner,
        ticket,
        lastHitMs,
      })),
    ),
    expiring: listed(
      expiring
        .map(({ rule, owner, ticket, expiresMs, isExpired }) => ({
          rule,
          owner,
          ticket,
          expiresMs: expiresMs ?? 0,
          isExpired,
        }))
        .toSorted((x, y) => x.expiresMs - y.expiresMs),
    ),
    wide: listed(policy === null ? [] : wideRules(policy, seen)),
  };
}

function wideRules(policy: Policy, seen: ReadonlyMap<string, RuleUses>): WideRule[] {
  return policy.rules.flatMap((rule) => {
    const because = widthOf(rule, policy);
    if (because.length === 0) return [];
    const uses = seen.get(rule.id);
    return [
      {
        rule: rule.id,
        owner: rule.owner ?? policy.owner,
        because,
        used: usedBy(uses),
        narrower: uses ? narrower(uses) : null,
      },
    ];
  });
}

function usedBy(uses: RuleUses | undefined): WideRule['used'] {
  const all = uses?.uses ?? [];
  const apart = all.filter(({ destination }) => destination !== null);
  return {
    ...all.reduce<Sums>(added, NOTHING),
    destinations: new Set(apart.map(({ destination }) => destination)).size,
    services: new Set(apart.map(({ service }) => service)).size,
  };
}
