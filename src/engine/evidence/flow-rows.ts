/**
 * Sightings of flows in typed arrays: kept without garbage, told to another thread as they are, read there.
 *
 *   words (u32)    kind | protocol | direction | replied | family | host 4 | destination 4 | translated 4 |
 *                  host port << 16 | port | translated port << 16 | icmp | verdict | rule
 *   numbers (f64)  seen at | started at | last seen at | bytes out, in | packets out, in
 */
import { type Address, formatAddress, mutableAddress, sameAddress } from '../../address/address.ts';
import type { Direction, Flow } from '../../flow/flow.ts';
import type { Verdict } from '../../policy/verdict.ts';

/** refused: a dropped packet would have opened it. standing: it was there when somebody looked. */
export const SIGHTINGS = ['started', 'ended', 'refused', 'standing'] as const;
export type Sighting = (typeof SIGHTINGS)[number];

export const WORDS = 21;
export const NUMBERS = 7;
const DIRECTIONS: readonly Direction[] = ['outbound', 'inbound', 'foreign'];
/** 0: nobody judged it, as a standing block covered it. */
const VERDICTS = ['blocked', 'allow', 'deny', 'exempt'] as const;
const HOST = 5;
const DESTINATION = 9;
const TRANSLATED = 13;

/** For a person; plain data. Times are ms since the epoch, 0 when the kernel did not say. */
export interface SeenFlow {
  readonly sighting: Sighting;
  readonly seenAtMs: number;
  readonly direction: Direction;
  readonly protocol: number;
  readonly host: string;
  readonly hostPort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** null without NAT. */
  readonly translated: string | null;
  readonly translatedPort: number | null;
  /** null but for ICMP and ICMPv6. */
  readonly icmp: { readonly type: number; readonly code: number } | null;
  readonly startedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly replied: boolean;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly packetsIn: number;
  /** blocked: a standing block covered it. */
  readonly verdict: (typeof VERDICTS)[number];
  /** The place of the rule that allowed it in the policy of that time; null for others. */
  readonly ruleIndex: number | null;
}

export class FlowRows {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;

  constructor(words: Uint32Array<ArrayBuffer>, numbers: Float64Array<ArrayBuffer>) {
    this.words = words;
    this.numbers = numbers;
  }

  static of(capacity: number): FlowRows {
    return new FlowRows(new Uint32Array(capacity * WORDS), new Float64Array(capacity * NUMBERS));
  }

  write(row: number, sighting: Sighting, flow: Flow, verdict: Verdict | undefined, nowMs: number): void {
    const { words, numbers } = this;
    const at = row * WORDS;
    words[at] = SIGHTINGS.indexOf(sighting);
    words[at + 1] = flow.protocol;
    words[at + 2] = DIRECTIONS.indexOf(flow.direction);
    words[at + 3] = flow.replied ? 1 : 0;
    words[at + 4] = flow.host.family;
    this.#writeAddress(at + HOST, flow.host);
    this.#writeAddress(at + DESTINATION, flow.destination);
    this.#writeAddress(at + TRANSLATED, flow.translated);
    words[at + 17] = (flow.hostPort << 16) | flow.destinationPort;
    words[at + 18] = (flow.translatedPort << 16) | icmpWord(flow);
    words[at + 19] = verdict === undefined ? 0 : VERDICTS.indexOf(verdict.kind);
    words[at + 20] = verdict?.kind === 'allow' ? verdict.ruleIndex + 1 : 0;
    const times = row * NUMBERS;
    numbers[times] = nowMs;
    numbers[times + 1] = flow.startedAtMs;
    numbers[times + 2] = flow.lastSeenAtMs;
    numbers[times + 3] = flow.bytesOut;
    numbers[times + 4] = flow.bytesIn;
    numbers[times + 5] = flow.packetsOut;
    numbers[times + 6] = flow.packetsIn;
  }

  seenAtMs(row: number): number {
    return this.numbers[row * NUMBERS];
  }

  /**
   * The next row down from `row` whose end, before or after NAT, has one of these last words of an address; -1: none. Of
   * 65,536 rows a few are looked at closer, so this loop is what a question costs.
   */
  nextWith(lastWords: Uint32Array, row: number, downTo: number): number {
    const { words } = this;
    for (let at = row * WORDS, left = row; left >= downTo; left--, at -= WORDS) {
      const host = words[at + HOST + 3];
      const destination = words[at + DESTINATION + 3];
      const translated = words[at + TRANSLATED + 3];
      for (let i = 0; i < lastWords.length; i++) {
        const word = lastWords[i];
        if (host === word || destination === word || translated === word) return left;
      }
    }
    return -1;
  }

  /** Whether either end of the flow is this address, the other end before or after NAT. */
  concerns(row: number, address: Address): boolean {
    return (
      this.words[row * WORDS + 4] === address.family &&
      (this.#hasAddress(row, HOST, address) ||
        this.#hasAddress(row, DESTINATION, address) ||
        this.#hasAddress(row, TRANSLATED, address))
    );
  }

  /** Copy a row of another. */
  copy(row: number, from: FlowRows, fromRow: number): void {
    this.words.set(from.words.subarray(fromRow * WORDS, (fromRow + 1) * WORDS), row * WORDS);
    this.numbers.set(from.numbers.subarray(fromRow * NUMBERS, (fromRow + 1) * NUMBERS), row * NUMBERS);
  }

  /** The first `count` rows, on their own. */
  cut(count: number): FlowRows {
    return new FlowRows(this.words.slice(0, count * WORDS), this.numbers.slice(0, count * NUMBERS));
  }

  get length(): number {
    return this.words.length / WORDS;
  }

  read(row: number): SeenFlow {
    const { words } = this;
    const at = row * WORDS;
    const [host, destination, translated] = [HOST, DESTINATION, TRANSLATED].map((offset) =>
      this.#address(at, offset),
    ) as [Address, Address, Address];
    const [destinationPort, translatedPort] = [words[at + 17] & 0xffff, words[at + 18] >>> 16];
    const moved = !sameAddress(destination, translated) || destinationPort !== translatedPort;
    const times = this.numbers.subarray(row * NUMBERS, (row + 1) * NUMBERS);
    const isIcmp = words[at + 1] === 1 || words[at + 1] === 58;
    return {
      sighting: SIGHTINGS[words[at]],
      seenAtMs: times[0],
      direction: DIRECTIONS[words[at + 2]],
      protocol: words[at + 1],
      host: formatAddress(host),
      hostPort: words[at + 17] >>> 16,
      destination: formatAddress(destination),
      destinationPort,
      translated: moved ? formatAddress(translated) : null,
      translatedPort: moved ? translatedPort : null,
      icmp: isIcmp ? { type: (words[at + 18] >>> 8) & 255, code: words[at + 18] & 255 } : null,
      startedAtMs: times[1],
      lastSeenAtMs: times[2],
      replied: words[at + 3] === 1,
      bytesOut: times[3],
      bytesIn: times[4],
      packetsOut: times[5],
      packetsIn: times[6],
      verdict: VERDICTS[words[at + 19]],
      ruleIndex: words[at + 20] === 0 ? null : words[at + 20] - 1,
    };
  }

  #writeAddress(at: number, { a, b, c, d }: Address): void {
    const { words } = this;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
  }

  #hasAddress(row: number, offset: number, { a, b, c, d }: Address): boolean {
    const at = row * WORDS + offset;
    const { words } = this;
    return (
      words[at + 3] === d >>> 0 &&
      words[at + 2] === c >>> 0 &&
      words[at + 1] === b >>> 0 &&
      words[at] === a >>> 0
    );
  }

  #address(at: number, offset: number): Address {
    const [a, b, c, d] = this.words.subarray(at + offset, at + offset + 4);
    return { ...mutableAddress(), family: this.words[at + 4] === 6 ? 6 : 4, a, b, c, d };
  }
}

/** ICMP has no ports, and the rest no type. */
function icmpWord({ icmpType, icmpCode }: Flow): number {
  return icmpType < 0 ? 0 : ((icmpType & 255) << 8) | (icmpCode & 255);
}
