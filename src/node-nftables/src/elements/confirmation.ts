/**
 * Whether the kernel took a transaction of elements just as it was given. It tells each element that it has committed,
 * as it now has it, with key, value and times (NLM_F_ECHO): one message an element, in the order of the transaction,
 * before the acknowledgements. Asked for is the last step of each change, so that one comes for each element (two for
 * an interval of one field: where it begins, and where it ends).
 *
 *   -> refresh a, b      new a b | delete a b | new a b       ECHO on the third
 *   -> discard c         new c | delete c                     ECHO on the second
 *   <-                   NEWSETELEM a, NEWSETELEM b, DELSETELEM c, NEWGEN, acknowledgements
 *
 * The kernel makes these messages anyway for whoever listens, so that they cost next to nothing; reading a set back
 * costs it more the larger the set is, for it goes through it from its beginning for each 32 KiB of the answer.
 */

import { isDeepStrictEqual } from 'node:util';
import { type MessageCursor, NFGENMSG_BYTES } from 'node-netlink';
import { NFT_MSG_DELSETELEM, NFT_MSG_NEWSETELEM, nftType } from '../netlink/nf-tables.ts';
import { type ElementChange, STEPS } from './change.ts';
import { type Layout, layoutOf, type SetElement } from './element.ts';
import { ElementReader, type WireElement } from './element-reader.ts';
import { compareKeys, nextKey } from './key-arithmetic.ts';

/** The kernel's clock goes by ticks of 1 to 10 ms, and rounds up. */
const TICK_MS = 20;

const reader = new ElementReader({ lends: true });

export class Confirmation {
  readonly #expected: Iterator<Expected>;
  readonly #sentAtMs = performance.now();
  /** From then until the first was told: by then the kernel has made them all. */
  #elapsedMs: number | undefined;
  #isAsGiven = true;

  constructor(changes: readonly ElementChange[]) {
    this.#expected = expectedOf(changes);
  }

  /** One message that the kernel tells by itself. */
  take({ view, type, start, end }: MessageCursor): void {
    const isDeletion = type === nftType(NFT_MSG_DELSETELEM);
    if (!isDeletion && type !== nftType(NFT_MSG_NEWSETELEM)) return;
    reader.each(view, start + NFGENMSG_BYTES, end, (element) => this.#compare(element, isDeletion));
  }

  /** Everything was told, and nothing else. */
  isWhole(): boolean {
    return this.#isAsGiven && this.#expected.next().done === true;
  }

  #compare(told: WireElement, isDeletion: boolean): void {
    if (!this.#isAsGiven) return;
    const { value: expected, done } = this.#expected.next();
    this.#elapsedMs ??= performance.now() - this.#sentAtMs;
    this.#isAsGiven =
      done !== true && expected.isDeletion === isDeletion && isAsGiven(expected, told, this.#elapsedMs);
  }
}

interface Expected {
  readonly layout: Layout;
  readonly isDeletion: boolean;
  readonly element: SetElement;
  /** What ends an interval of one field is told by itself. */
  readonly end?: Uint8Array;
}

function* expectedOf(changes: readonly ElementChange[]): Generator<Expected, undefined> {
  for (const { action, set, elements } of changes) {
    const layout = layoutOf(set);
    const isDeletion = STEPS[action].at(-1) === 'delete';
    for (const element of elements) {
      yield { layout, isDeletion, element };
      const end = layout === 'interval' ? nextKey(element.keyEnd ?? element.key) : undefined;
      if (end !== undefined) yield { layout, isDeletion, element, end };
    }
  }
}

function isAsGiven(expected: Expected, told: WireElement, elapsedMs: number): boolean {
  const { layout, isDeletion, element, end } = expected;
  if (end !== undefined) return told.isIntervalEnd === true && compareKeys(told.key, end) === 0;
  if (told.isIntervalEnd || compareKeys(told.key, element.key) !== 0) return false;
  if (layout === 'concatenated interval') {
    const { keyEnd = told.key } = told;
    if (compareKeys(keyEnd, element.keyEnd ?? element.key) !== 0) return false;
  }
  return isDeletion || (hasTimes(element, told, elapsedMs) && hasContent(element, told));
}

function hasTimes(given: SetElement, told: SetElement, elapsedMs: number): boolean {
  const { timeoutMs, expiresInMs = timeoutMs } = given;
  if (timeoutMs === undefined || expiresInMs === undefined) return told.timeoutMs === undefined;
  const { timeoutMs: toldMs = 0, expiresInMs: leftMs = 0 } = told;
  return (
    Math.abs(toldMs - timeoutMs) <= TICK_MS &&
    leftMs <= expiresInMs + TICK_MS &&
    leftMs >= expiresInMs - elapsedMs - TICK_MS
  );
}

function hasContent({ comment, value }: SetElement, told: SetElement): boolean {
  if (told.comment !== comment) return false;
  return value === undefined ? told.value === undefined : isDeepStrictEqual(plain(value), plain(told.value));
}

/** A Buffer is no Uint8Array to a comparison. */
function plain(value: SetElement['value']): SetElement['value'] | number[] {
  return value instanceof Uint8Array ? [...value] : value;
}
