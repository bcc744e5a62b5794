/** The address of the page after this one, in the header Link (RFC 8288). */
import type { Request, Response } from 'express';
import type { JsonRoute } from './route.ts';

export function linkNextPage(route: JsonRoute, request: Request, response: Response, answer: unknown): void {
  const next = nextOf(answer);
  const parameter = parameterOf(route, request);
  if (next === undefined || parameter === undefined) return;
  const query = new URLSearchParams(request.query as Record<string, string>);
  query.set(parameter, next);
  response.set('Link', `<${encodeURI(request.path)}?${query}>; rel="next"`);
}

function nextOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('next' in answer)) return undefined;
  return typeof answer.next === 'string' ? answer.next : undefined;
}

/** See schema/page.ts. */
function parameterOf({ request: { query } }: JsonRoute, { query: asked }: Request): string | undefined {
  const [before, after] = ['before', 'after'].map((name) => name in query.shape);
  if (before && after) return asked.order === 'newest' ? 'before' : 'after';
  return before ? 'before' : after ? 'after' : undefined;
}
