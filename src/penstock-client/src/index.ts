/** A typed client of the Penstock HTTP API; the types are made from its OpenAPI document. */
export { type Client, type ClientOptions, createPenstockClient } from './client.ts';
export { type ApiEvent, followEvents } from './events.ts';
export type { components, operations, paths } from './schema.ts';

import type { components } from './schema.ts';

/** `Schema<'Incident'>`: a named shape of the API. */
export type Schema<N extends keyof components['schemas']> = components['schemas'][N];
