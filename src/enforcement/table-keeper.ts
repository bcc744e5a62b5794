/**
 * The static part of the table: is it ours, and if not, how it is made so.
 *
 *   first look      as nft lists it, against what our rules should look like
 *                     none            install
 *                     other           our rules in place of those, elements kept (an older Penstock's, or boot.nft's);
 *                                     where its sets are not like ours: install, which empties them for a moment
 *                   then the image is taken; all of it anew when it may be somebody else's work (below)
 *   later looks     the image against a new one: some milliseconds, whatever the number of elements
 *                     differs         restore from the image with all elements, in one transaction
 *
 * The image is ours when nobody changed the ruleset meanwhile, or when the table was the same before and after nft listed
 * it just as we mean it to be: others may go on changing what is theirs. Where neither can be seen there is none, and the
 * next look, which is due soon, is a first one again.
 */
import type { TableImage } from 'node-nftables';
import type { KernelElement } from './element.ts';
import { EnforcementError } from './errors.ts';
import { expectedListing, type KernelTable } from './kernel-table.ts';
import { TABLE } from './sets.ts';

export interface Mended {
  /** In words; undefined when all was well. */
  readonly difference?: string;
  /** The elements that it was made with; undefined when those have to be looked at. */
  readonly made?: { readonly elements: readonly KernelElement[]; readonly isConfirmed: boolean };
}

/** Milliseconds since the epoch, as time goes on. */
export type Clock = () => number;

export const ALL_WELL: Mended = {};

/** Where others change the ruleset all the time. */
const MOST_TRIES = 5;
const IN_DOUBT =
  'others change the ruleset all the time: whether our table is as it should be is looked at again soon';

export class TableKeeper {
  readonly #table: KernelTable;
  #image: TableImage | undefined;
  /** What was made from the image was found equal to it. */
  #isProven = false;
  /** Canonical text of the static part as this kernel and nft list it. */
  #listing: string | undefined;
  /** What it should be like, as long as it was not looked at. */
  #expected: string | undefined;
  #text: string | undefined;

  constructor(table: KernelTable) {
    this.#table = table;
  }

  get listing(): string {
    return this.#listing ?? this.#meant;
  }

  /** Why nobody can say that the table is as it should be. */
  get doubt(): string | undefined {
    return this.#image === undefined ? IN_DOUBT : undefined;
  }

  /** The static part as text that `nft -f` reads. @throws EnforcementError */
  get text(): string {
    this.#text ??= this.#table.text();
    return this.#text;
  }

  /** @throws EnforcementError */
  mend(elements: () => KernelElement[], now: Clock): Mended {
    return this.#image === undefined ? this.#begin(elements, now) : this.#restore(this.#image, elements, now);
  }

  #begin(elements: () => KernelElement[], now: Clock): Mended {
    const found = this.#learnAlone();
    if (this.#image !== undefined && !this.#table.isOwnedAsWanted())
      this.#own(this.#image, elements(), now());
    return found === this.#listing ? ALL_WELL : { difference: differenceOf(found) };
  }

  get #meant(): string {
    this.#expected ??= expectedListing(this.#table.markMask);
    return this.#expected;
  }

  /** What was learnt while somebody else changed the ruleset may be his work. @returns what stood there at first */
  #learnAlone(): string | undefined {
    const { found, isProven } = this.#learn();
    let done = isProven;
    for (let tries = 1; !done && tries < MOST_TRIES; tries += 1) done = this.#learn().isProven;
    if (!done) this.#image = this.#listing = this.#text = undefined;
    return found;
  }

  /** How another nft version lists the same rules is learnt by making them once. */
  #learn(): { readonly found: string | undefined; readonly isProven: boolean } {
    const before = this.#table.generation();
    this.#listing = undefined;
    const found = this.#table.listing();
    const isOurs = found === this.listing;
    if (found === undefined) this.#table.install();
    else if (!isOurs) this.#replaceRules();
    this.#image = this.#table.capture();
    this.#listing = isOurs ? found : this.#table.listing();
    // While there are no elements: nft reads all of them for it, which takes a minute for a million.
    if (found === undefined) this.#text = this.#table.text();
    const isAlone = this.#table.generation() === before + (isOurs ? 0 : 1);
    return { found, isProven: isAlone || this.#isAsMeant() };
  }

  /** Whatever others do: it is listed as it should be, and the same afterwards. */
  #isAsMeant(): boolean {
    const isListed = this.#listing === this.#meant && this.#table.listing() === this.#meant;
    return (
      isListed && this.#image !== undefined && this.#table.capture()?.fingerprint === this.#image.fingerprint
    );
  }

  /** Only by making it anew can a table get an owner, or lose one. */
  #own(image: TableImage, elements: readonly KernelElement[], nowMs: number): void {
    try {
      this.#table.restore(image, elements, nowMs);
    } catch (cause) {
      if (!this.#table.owner) throw cause;
      const problem = `tableOwner is not possible on this kernel (it takes the table flags owner and persist, Linux 6.9): ${(cause as Error).message}`;
      throw new EnforcementError('own table', new Error(problem, { cause }));
    }
  }

  #replaceRules(): void {
    try {
      this.#table.replaceRules();
    } catch (error) {
      if (!(error instanceof EnforcementError)) throw error;
      this.#table.install();
    }
  }

  #restore(image: TableImage, elements: () => KernelElement[], now: Clock): Mended {
    const found = this.#table.capture();
    if (found?.fingerprint === image.fingerprint && this.#table.isOwnedAsWanted()) return ALL_WELL;
    const made = elements();
    const isConfirmed = this.#table.restore(image, made, now());
    const difference = differenceOf(found);
    // A look costs as much as the restoration, while somebody waits: once is proof that the image is good here.
    this.#isProven ||= this.#table.capture()?.fingerprint === image.fingerprint;
    if (this.#isProven) return { difference, made: { elements: made, isConfirmed } };
    // Somebody was there again, or the image is of no use on this kernel: made by nft it is right.
    this.#learnAlone();
    return { difference };
  }
}

function differenceOf(found: unknown): string {
  return `table ${TABLE.family} ${TABLE.name} ${found === undefined ? 'is missing' : 'has other rules'}`;
}
