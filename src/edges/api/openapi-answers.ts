/** What each operation answers, by status, for the OpenAPI document. */
import { z } from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { PROBLEMS, type ProblemCode } from './errors.ts';
import { PROBLEM_CONTENT_TYPE, problemType } from './problem-document.ts';
import { NOTHING, type Route } from './route.ts';
import { problemSchema } from './schema/problem.ts';

export function answersOf(route: Route): ZodOpenApiResponsesObject {
  const statuses = [...new Set(problemsOf(route).map((code) => PROBLEMS[code].status))];
  return {
    ...good(route),
    ...Object.fromEntries(statuses.map((status) => [status, PROBLEM_ANSWERS.get(status)])),
    default: OTHER,
  };
}

function good(route: Route): ZodOpenApiResponsesObject {
  if (route.kind === 'json') return goodJson(route);
  const types = route.kind === 'download' ? route.contentTypes : [route.contentType];
  const format = route.kind === 'download' ? { format: 'binary' } : {};
  const content = types.map((type) => [
    type.split(';', 1)[0] as string,
    { schema: { type: 'string' as const, ...format } },
  ]);
  return { 200: { description: 'Done', content: Object.fromEntries(content) } };
}

function goodJson(route: Extract<Route, { kind: 'json' }>): ZodOpenApiResponsesObject {
  const { shape } = route.request.query;
  const headers = {
    ...(route.tagOf && { ETag: z.string().meta({ description: 'Names this state.' }) }),
    ...(('after' in shape || 'before' in shape) && {
      Link: z.string().optional().meta({ description: 'Address of the next page (RFC 8288), rel="next".' }),
    }),
  };
  const answer: ZodOpenApiResponseObject = {
    description: 'Done',
    content: { 'application/json': { schema: route.answer } },
    ...(Object.keys(headers).length > 0 && { headers: z.object(headers) }),
  };
  const same = { 304: { description: 'It is in the state that If-None-Match names' } };
  return { [route.status]: answer, ...(route.tagOf && route.method === 'get' && same) };
}

/** What can be told by the route's own shape; a wrong Host and faults of ours can happen everywhere. */
function problemsOf(route: Route): ProblemCode[] {
  const codes: ProblemCode[] = [];
  if (route.role !== 'anyone') codes.push('unauthorized', 'forbidden', 'too-many-requests', 'failed');
  if (route.kind === 'text') return codes;
  const { params, query, body } = route.request;
  if (params !== NOTHING.params) codes.push('bad-request', 'not-found');
  if (params !== NOTHING.params || query !== NOTHING.query) codes.push('invalid-request');
  if (body !== NOTHING.body)
    codes.push('invalid-body', 'too-large', 'unsupported-media-type', 'invalid-request');
  if (route.kind === 'json' && route.method !== 'get')
    codes.push('bad-request', 'conflict', 'invalid-request');
  if (route.kind === 'json' && route.conditional) codes.push('precondition-failed');
  return codes;
}

function problemAnswer(status: number): ZodOpenApiResponseObject {
  const codes = (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => PROBLEMS[code].status === status);
  const [first] = codes as [ProblemCode];
  const { title } = PROBLEMS[first];
  const example = { type: problemType(first), code: first, title, status, detail: `${title.toLowerCase()}.` };
  return {
    id: `Problem${status}`,
    description: codes.map((code) => `${code}: ${PROBLEMS[code].title}`).join('. '),
    content: { [PROBLEM_CONTENT_TYPE]: { schema: problemSchema, example } },
  };
}

const STATUSES = new Set(Object.values(PROBLEMS).map(({ status }) => status as number));
const PROBLEM_ANSWERS = new Map([...STATUSES].map((status) => [status, problemAnswer(status)]));

const OTHER: ZodOpenApiResponseObject = {
  description: 'What went wrong',
  content: { [PROBLEM_CONTENT_TYPE]: { schema: problemSchema } },
};
