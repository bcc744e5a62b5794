/** A typed client of the Penstock HTTP API; the types are made from its OpenAPI document. */
export { type Client, type ClientOptions, createPenstockClient } from './client.ts';
export { type ApiEvent, type EventsOptions, followEvents } from './events.ts';
export { type Fetch, repeatingChanges } from './repeat.ts';
export type { components, operations, paths } from './schema.ts';

import type { components, paths } from './schema.ts';

/** `Schema<'Incident'>`: a named shape of the API. */
export type Schema<N extends keyof components['schemas']> = components['schemas'][N];

/** `Answer<'put', '/v1/policy'>`: what a call is answered with when it is done. */
export type Answer<M extends string, P extends keyof paths> = paths[P] extends {
  readonly [K in M]: { readonly responses: infer R };
}
  ? Json<R[keyof R & (200 | 201)]>
  : never;

type Json<R> = R extends { readonly content: { readonly 'application/json': infer T } } ? T : never;

/** `Query<'/v1/flows'>`: what a list can be asked for with. */
export type Query<P extends keyof paths> = paths[P] extends {
  readonly get: { readonly parameters: { readonly query?: infer Q } };
}
  ? NonNullable<Q>
  : never;
