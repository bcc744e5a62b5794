/**
 * What a token may do besides its role, which it never widens. Each route lies in an area, by its path:
 *
 *   /v1/AREA/...    `AREA`: all that the role may do there; `AREA:read`: only read there; `read`: read everywhere
 *
 * A token without scopes may do all that its role may.
 */
import type { Method } from './route.ts';

export const AREAS = [
  ...([
    'alerts',
    'audit',
    'breaker',
    'decisions',
    'events',
    'evidence',
    'flows',
    'history',
    'hosts',
  ] as const),
  ...(['incidents', 'metrics', 'names', 'operators', 'policy', 'reports', 'revisions', 'status'] as const),
  ...(['suppressions', 'tokens'] as const),
] as const;
export type Area = (typeof AREAS)[number];
export type Scope = 'read' | Area | `${Area}:read`;

export const SCOPES: readonly Scope[] = ['read', ...AREAS.flatMap((area): Scope[] => [area, `${area}:read`])];

/** Paths that say it in other words. */
const BY_PATH: Readonly<Record<string, Area>> = { '/metrics': 'metrics', '/v1/rollback': 'revisions' };

/** undefined: in none, so that only `read` and tokens without scopes reach it. */
export function areaOf(path: string): Area | undefined {
  const step = /^\/v1\/([a-z]+)/.exec(path)?.[1];
  return BY_PATH[path] ?? AREAS.find((area) => area === step);
}

interface Place {
  readonly method: Method;
  readonly path: string;
  /** Though its method says otherwise, it changes nothing. */
  readonly reads?: boolean | undefined;
}

export function scopesAllow(scopes: readonly Scope[] | null, { method, path, reads }: Place): boolean {
  // Everybody may ask who they are.
  if (scopes === null || path === '/v1/caller') return true;
  const area = areaOf(path);
  if (area !== undefined && scopes.includes(area)) return true;
  if (method !== 'get' && reads !== true) return false;
  return scopes.includes('read') || (area !== undefined && scopes.includes(`${area}:read`));
}

/** Whether whoever has `held` has all of `wanted` too. */
export function scopesCover(held: readonly Scope[] | null, wanted: readonly Scope[] | null): boolean {
  if (held === null) return true;
  return wanted?.every((scope) => covers(held, scope)) ?? false;
}

function covers(held: readonly Scope[], scope: Scope): boolean {
  if (held.includes(scope)) return true;
  const [area, reading] = scope.split(':') as [Area, string?];
  return reading !== undefined && (held.includes(area) || held.includes('read'));
}
