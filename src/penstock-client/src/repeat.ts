/**
 * Changes that are carried out once, though the connection breaks before the answer comes: each has an Idempotency-Key
 * of its own and is asked again once under the same key, which the daemon answers from memory.
 */

export type Fetch = (request: Request) => Promise<Response>;

const READING = ['GET', 'HEAD', 'OPTIONS'];
const KEY = 'idempotency-key';

/** @param isLost whether an error leaves open if the daemon got the request; others are not asked again */
export function repeatingChanges(fetch: Fetch, isLost: (error: unknown) => boolean): Fetch {
  return async (request) => {
    if (READING.includes(request.method)) return fetch(request);
    if (!request.headers.has(KEY)) request.headers.set(KEY, crypto.randomUUID());
    const again = request.clone();
    try {
      return await fetch(request);
    } catch (error) {
      if (!isLost(error)) throw error;
      return fetch(again);
    }
  };
}
