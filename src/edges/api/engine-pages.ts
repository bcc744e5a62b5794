/** Lists of the engine. It sends a page in one piece, for which an event may wait: so a long one is asked for bit by bit. */

interface Asked {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** Pages that come short, as things went while they were made, are filled up: more often than full ones would be. */
const MOST_CALLS = 50;

/** `ask` for a page of at most `limit`; `sizeOf` says how much is on it. @returns at least one; the last tells what is next */
export async function pagesOf<P extends { readonly next: string | null }>(
  { limit, after }: Asked,
  atATime: number,
  ask: (part: Asked) => Promise<P>,
  sizeOf: (page: P) => number,
): Promise<[P, ...P[]]> {
  const first = await ask({ limit: Math.min(atATime, limit), after });
  const pages: [P, ...P[]] = [first];
  let left = limit - sizeOf(first);
  for (let page = first; page.next !== null && left > 0 && pages.length < MOST_CALLS; ) {
    page = await ask({ limit: Math.min(atATime, left), after: page.next });
    pages.push(page);
    left -= sizeOf(page);
  }
  return pages;
}
