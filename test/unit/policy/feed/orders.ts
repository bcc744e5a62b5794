/** What the parser is told, for the tests of feeds. */
import { formatPrefix, parsePrefix } from '../../../../src/address/prefix.ts';
import type { FeedFormat, FeedLimits } from '../../../../src/policy/feed/feed.ts';
import { type ParsedFeed, type ParseOrder, parseFeed } from '../../../../src/policy/feed/parser.ts';
import { prefixesOf } from '../../../../src/policy/prefix-columns.ts';
import { formatProblem } from '../../../../src/policy/problem.ts';
import { NOW } from '../sources.ts';

export const LIMITS: FeedLimits = {
  maxBytes: 2 ** 20,
  maxPrefixes: 1_000,
  widestPrefix: { ipv4: 8, ipv6: 16 },
  maxShrinkPercent: 50,
  maxGrowthPercent: 400,
  onUnsafe: 'refuse',
};

export function orderOf(format: FeedFormat, limits: Partial<FeedLimits> = {}): ParseOrder {
  return {
    name: 'f',
    format,
    limits: { ...LIMITS, ...limits },
    protected: {
      neverBlock: ['9.9.9.9', '2620:fe::fe'].map(parsePrefix),
      own: ['10.1.0.0/24', '192.0.2.0/24', '3fff:77::/48'].map(parsePrefix),
    },
    nowMs: NOW,
  };
}

/** Networks as text when the content is good, else the code and every problem. */
export function told(parsed: ParsedFeed): string[] {
  if (parsed.ok) return [...prefixesOf(parsed.prefixes)].map(formatPrefix);
  return [parsed.code, ...parsed.problems.map(formatProblem)];
}

export function read(format: FeedFormat, text: string, limits: Partial<FeedLimits> = {}): string[] {
  return told(parseFeed(text, orderOf(format, limits)));
}
