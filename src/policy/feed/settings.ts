/** A feed as the policy writes it to a feed with every default filled in. */
import type { DenyListText } from '../schema/deny-list.ts';
import { nameFrom } from '../source-reader.ts';
import type { Feed, FeedFormat, FeedLimits, FeedSettings } from './feed.ts';

const MINUTE_MS = 60_000;

const DEFAULT_LIMITS: FeedLimits = {
  maxBytes: 16 * 2 ** 20,
  maxPrefixes: 1_000_000,
  widestPrefix: { ipv4: 8, ipv6: 16 },
  maxShrinkPercent: 50,
  maxGrowthPercent: 400,
  onUnsafe: 'refuse',
};

/** Publishers ask not to be asked more often, and their lists change daily. */
const URL_REFRESH_MS = 60 * MINUTE_MS;
const TIMEOUT_MS = MINUTE_MS;

/** `namedIn`: the file that names the feed. */
export function resolveFeed(list: DenyListText, namedIn: string): Feed {
  const settings: FeedSettings = {
    format: resolveFormat(list),
    refreshMs: list.refresh ?? (list.url === undefined ? null : URL_REFRESH_MS),
    maxAgeMs: list.maxAge ?? null,
    onError: list.onError ?? 'keepLast',
    timeoutMs: list.timeout ?? TIMEOUT_MS,
    limits: resolveLimits(list),
  };
  if (list.url !== undefined) return { ...settings, file: null, url: list.url };
  return { ...settings, file: nameFrom(namedIn, list.file ?? ''), url: null };
}

function resolveFormat({ format = 'text', column = 1, field }: DenyListText): FeedFormat {
  if (format === 'csv') return { name: format, column };
  if (format === 'json') return { name: format, field: field ?? null };
  return { name: format };
}

function resolveLimits(list: DenyListText): FeedLimits {
  return {
    maxBytes: list.maxBytes ?? DEFAULT_LIMITS.maxBytes,
    maxPrefixes: list.maxPrefixes ?? DEFAULT_LIMITS.maxPrefixes,
    widestPrefix: list.widestPrefix ?? DEFAULT_LIMITS.widestPrefix,
    maxShrinkPercent: list.maxShrinkPercent ?? DEFAULT_LIMITS.maxShrinkPercent,
    maxGrowthPercent: list.maxGrowthPercent ?? DEFAULT_LIMITS.maxGrowthPercent,
    onUnsafe: list.onUnsafe ?? DEFAULT_LIMITS.onUnsafe,
  };
}
