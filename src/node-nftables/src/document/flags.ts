/** `flags` is an array or, with one flag, a string: nft 1.1.5 changed what it prints. Both are read. */
export type Flags<F extends string> = F | readonly F[];

/**
 * As an array, which every version of nft understands. nft 1.0.6 takes a string without complaint and then makes a
 * set without its flag.
 */
export function flagList<F extends string>(flags: Flags<F> | undefined): readonly F[] {
  if (flags === undefined) return [];
  return typeof flags === 'string' ? [flags] : flags;
}
