/** What the reader of a format hands out, one at a time; none of them throws on content. */

/** Where in the content; `field` for formats that have no lines of their own, such as `[12].cidr`. */
export interface Spot {
  readonly line: number;
  readonly column: number;
  readonly field: string;
}

export type FeedEntry =
  /** Meant as an address, a network or a range. */
  | { readonly kind: 'network'; readonly text: string; readonly spot: Spot }
  /** Sound, but nothing that can be blocked by address: a name, a URL, a pattern. Counted. */
  | { readonly kind: 'unusable' }
  /** Not what the format says: the whole content is refused. */
  | { readonly kind: 'damage'; readonly message: string; readonly expected: string; readonly spot: Spot };

export const UNUSABLE: FeedEntry = { kind: 'unusable' };

export function atLine(line: number, column = 1): Spot {
  return { line, column, field: '' };
}

export function damage(spot: Spot, message: string, expected: string): FeedEntry {
  return { kind: 'damage', message, expected, spot };
}

/** Characters of content that a message shows. */
const SHOWN = 64;

/**
 * The value of a CSV cell or JSON field: feeds of mixed indicators hold names, URLs and hashes beside addresses. An
 * address with a port (`192.0.2.1:443`) is another indicator: to block the address is more than the feed asks for.
 */
export function indicator(value: string, spot: Spot): FeedEntry {
  const text = value.trim();
  return looksLikeNetwork(text) ? { kind: 'network', text, spot } : UNUSABLE;
}

/** Written with nothing but what IPv4 or IPv6 addresses, networks and ranges are written with, even if wrongly. */
function looksLikeNetwork(text: string): boolean {
  const four = /^[0-9./ -]+$/.test(text) && text.includes('.');
  const six = /^[0-9a-f:./ -]+$/i.test(text) && /:.*:/.test(text) && !MAC_ADDRESS.test(text);
  return four || six;
}

const MAC_ADDRESS = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

export function excerpt(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
