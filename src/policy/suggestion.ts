/** The name that was probably meant. */

/** Edits between two short texts (Levenshtein), counted no further than `limit` + 1. */
function distance(x: string, y: string, limit: number): number {
  if (Math.abs(x.length - y.length) > limit) return limit + 1;
  let row = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (x[i - 1] === y[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[y.length];
}

/** The nearest of `names` in at most a third of its letters changed, or undefined. */
export function suggestion(text: string, names: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(text.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const name of names) {
    const edits = distance(text.slice(0, 64), name, limit);
    if (edits < least) [best, least] = [name, edits];
  }
  return best;
}
