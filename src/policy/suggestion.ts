/** The name that was probably meant. */

/** Longer text is no name with a typing error. */
const MAX_LENGTH = 64;

/** Letters put in, left out, changed or swapped with the next, to come from one short text to another. */
function distance(x: string, y: string): number {
  const rows = Array.from({ length: x.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= y.length; j++) rows[0][j] = j;
  for (let i = 1; i <= x.length; i++) {
    for (let j = 1; j <= y.length; j++) {
      const change = rows[i - 1][j - 1] + (x[i - 1] === y[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1];
      const swap = swapped ? rows[i - 2][j - 2] + 1 : change;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change, swap);
    }
  }
  return rows[x.length][y.length];
}

/** The nearest of `names` in at most a third of its letters changed, or undefined. */
export function suggestion(text: string, names: Iterable<string>): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const limit = Math.max(1, Math.floor(text.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const name of names) {
    if (Math.abs(name.length - text.length) > limit) continue;
    const edits = distance(text, name);
    if (edits < least) [best, least] = [name, edits];
  }
  return best;
}
