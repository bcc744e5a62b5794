/** The OpenAPI 3.1 document, from the same schemas that check requests and answers. */
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { PROBLEM_CONTENT_TYPE } from './problem-document.ts';
import { type JsonRoute, NOTHING, type Route } from './route.ts';
import { problemSchema } from './schema/problem.ts';

export function openApiDocument(routes: readonly Route[], version: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Penstock',
      version,
      description: 'Egress firewall policy enforcement: incidents, decisions, policy and revisions.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
    paths,
  });
}

function operation(route: Route): ZodOpenApiOperationObject {
  const { role, summary } = route;
  return {
    operationId: operationId(route),
    summary,
    ...(role === 'anyone' ? { security: [] } : { description: `Needs the role ${role}.`, 'x-role': role }),
    ...(route.kind !== 'text' && { requestParams: parametersOf(route) }),
    ...(route.kind === 'json' && bodyOf(route)),
    responses: { ...answerOf(route), default: PROBLEM_ANSWER },
  };
}

const PROBLEM_ANSWER = {
  description: 'What went wrong',
  content: { [PROBLEM_CONTENT_TYPE]: { schema: problemSchema } },
};

const idempotencyKey = z.object({
  'Idempotency-Key': z.string().optional().meta({
    description: 'A call repeated with the same key within a day is answered, not carried out again.',
  }),
});
const lastEventId = z.object({
  'Last-Event-ID': z.string().optional().meta({ description: 'Read on after this entry.' }),
});

/** `postV1DecisionsIdApprove`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

function parametersOf(route: Exclude<Route, { kind: 'text' }>) {
  const { params, query } = route.request;
  const header = route.kind === 'stream' ? lastEventId : route.method === 'get' ? undefined : idempotencyKey;
  return {
    ...(params !== NOTHING.params && { path: params }),
    ...(query !== NOTHING.query && { query }),
    ...(header && { header }),
  };
}

function bodyOf({ request: { body }, bodyRules }: JsonRoute) {
  if (body === NOTHING.body) return {};
  const texts = Object.keys(bodyRules.fromText).map((type) => [
    type,
    { schema: { type: 'string' as const } },
  ]);
  return {
    requestBody: {
      required: !takesNothing(body),
      content: { 'application/json': { schema: body }, ...Object.fromEntries(texts) },
    },
  };
}

function takesNothing(body: z.ZodType): boolean {
  return body.safeParse(undefined).success;
}

function answerOf(route: Route) {
  if (route.kind === 'json') {
    return {
      [route.status]: { description: 'Done', content: { 'application/json': { schema: route.answer } } },
    };
  }
  const type = route.contentType.split(';', 1)[0] as string;
  return { 200: { description: 'Done', content: { [type]: { schema: { type: 'string' as const } } } } };
}
