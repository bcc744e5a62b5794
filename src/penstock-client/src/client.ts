import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import type { paths } from './schema.ts';

export type Client = FetchClient<paths>;

export interface ClientOptions {
  /** Where the daemon listens; in its own console: ''. */
  readonly url: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** `const { data, error, response } = await client.GET('/v1/incidents', { params: { query: { limit: 20 } } })` */
export function createPenstockClient({ url, token, headers, fetch }: ClientOptions): Client {
  return createFetchClient<paths>({
    baseUrl: url,
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(fetch && { fetch }),
  });
}
