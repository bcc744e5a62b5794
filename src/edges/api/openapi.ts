/** The OpenAPI 3.1 document, from the same schemas that check requests and answers. */
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { answersOf } from './openapi-answers.ts';
import { type JsonRoute, NOTHING, type Route } from './route.ts';
import { AREAS, areaOf } from './scope.ts';

const DESCRIPTION = `Egress firewall policy enforcement: incidents, decisions, policy and revisions.

Errors are problem documents (RFC 9457) with a stable \`code\`. Lists come a page at a time; the header \`Link\` has the
address of the next one. A changing call may carry an \`Idempotency-Key\`: repeated with it, it is answered and not
carried out again. How often somebody may ask is told by the headers \`RateLimit\` and \`RateLimit-Policy\`.`;

export function openApiDocument(routes: readonly Route[], version: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  const used = new Set(routes.map(tagOf));
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Penstock',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [...AREAS, SERVICE].filter((name) => used.has(name)).map((name) => ({ name })),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token made here, or one of the identity provider that the daemon was told of.',
        },
        certificate: {
          type: 'mutualTLS',
          description: 'A client certificate that the daemon has a role for.',
        },
      },
    },
    security: [{ token: [] }, { certificate: [] }],
    paths,
  });
}

/** What belongs to no area: health, who asks, this document. */
const SERVICE = 'service';

function tagOf({ path }: Route): string {
  return areaOf(path) ?? SERVICE;
}

function operation(route: Route): ZodOpenApiOperationObject {
  const { role, summary } = route;
  return {
    operationId: operationId(route),
    summary,
    tags: [tagOf(route)],
    ...(role === 'anyone' ? { security: [] } : { description: needed(route), 'x-role': role }),
    ...(route.kind !== 'text' && { requestParams: parametersOf(route) }),
    ...(route.kind === 'json' && bodyOf(route)),
    responses: answersOf(route),
  };
}

function needed({ role, path, method, reads }: Route): string {
  const area = areaOf(path);
  if (area === undefined) return `Needs the role ${role}.`;
  const scopes = method === 'get' || reads ? `${area}, ${area}:read or read` : area;
  return `Needs the role ${role}; of a token with scopes ${scopes}.`;
}

const idempotencyKey = {
  'Idempotency-Key': z.string().max(255).optional().meta({
    description: 'A call repeated with the same key within a day is answered, not carried out again.',
    example: '5f0c6f5e-4f0b-4f5a-9a70-0f7f7d5f7c1e',
  }),
};
const ifMatch = {
  'If-Match': z
    .string()
    .optional()
    .meta({
      description: 'Only while it is in this state: the `ETag` of an answer, or *.',
      example: `"${'d'.repeat(8)}..."`,
    }),
};
const ifNoneMatch = {
  'If-None-Match': z.string().optional().meta({
    description: 'The `ETag` of an answer before: the same is not sent again (304).',
  }),
};
const lastEventId = {
  'Last-Event-ID': z.string().optional().meta({ description: 'Read on after this entry.' }),
};

/** `postV1DecisionsIdApprove`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

function parametersOf(route: Exclude<Route, { kind: 'text' }>) {
  const { params, query } = route.request;
  const header = headersOf(route);
  return {
    ...(params !== NOTHING.params && { path: params }),
    ...(query !== NOTHING.query && { query }),
    ...(Object.keys(header).length > 0 && { header: z.object(header) }),
  };
}

function headersOf(route: Exclude<Route, { kind: 'text' }>): z.ZodRawShape {
  if (route.kind === 'stream') return lastEventId;
  if (route.kind === 'download') return {};
  if (route.method === 'get') return route.tagOf ? ifNoneMatch : {};
  return { ...idempotencyKey, ...(route.conditional && ifMatch) };
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
