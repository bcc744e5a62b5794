/** Addresses in recordings: exactly what `parseAddress` takes, quickly and into an address that is refilled. */
import { type Address, type MutableAddress, parseAddress } from '../../address/address.ts';

/** Recordings repeat their addresses; a hostile one may have another on every line. */
const MAX_REMEMBERED = 4096;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

export class AddressReader {
  readonly #remembered = new Map<string, Address>();

  /** @throws AddressError */
  read(text: string, into: MutableAddress): void {
    const word = dottedQuad(text);
    if (word >= 0) setIpv4(into, word);
    else {
      const { family, a, b, c, d } = this.#remembered.get(text) ?? this.#parse(text);
      set(into, family, a, b, c, d);
    }
  }

  #parse(text: string): Address {
    const address = parseAddress(text);
    if (this.#remembered.size === MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(text, address);
    return address;
  }
}

/** The 32-bit word; -1 when the text is no dotted quad without leading zeros. */
function dottedQuad(text: string): number {
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      if (octet === 0) return -1;
      octet = octet < 0 ? code - ZERO : octet * 10 + code - ZERO;
      if (octet > 255) return -1;
    } else {
      if (code !== DOT || octet < 0 || ++dots > 3) return -1;
      word = word * 256 + octet;
      octet = -1;
    }
  }
  return dots === 3 && octet >= 0 ? word * 256 + octet : -1;
}

export function setIpv4(into: MutableAddress, word: number): void {
  set(into, 4, 0, 0, 0, word);
}

function set(into: MutableAddress, family: 4 | 6, a: number, b: number, c: number, d: number): void {
  into.family = family;
  into.a = a;
  into.b = b;
  into.c = c;
  into.d = d;
}
