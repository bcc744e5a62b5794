/** The types of the client package, made from the OpenAPI document: `npm run client-types` writes them again. */
import { writeFileSync } from 'node:fs';
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { Registry } from 'prom-client';
import { openApiDocument } from '../../src/edges/api/openapi.ts';
import { apiRoutes, type RouteParts } from '../../src/edges/api/routes.ts';

const FILE = new URL('../../src/penstock-client/src/schema.ts', import.meta.url);
const HEADER = '/** Made from the OpenAPI document by `npm run client-types`; never edited by hand. */\n';

/**
 * The document is made of the routes' schemas alone: none of them is asked. Nothing is `readonly`, since openapi-fetch
 * takes readonly arrays for objects.
 */
export async function clientTypes(): Promise<string> {
  const routes = apiRoutes({ metrics: new Registry() } as RouteParts);
  const document = openApiDocument(routes, '1') as unknown as OpenAPI3;
  return HEADER + astToString(await openapiTypescript(document));
}

if (import.meta.main) writeFileSync(FILE, await clientTypes());
