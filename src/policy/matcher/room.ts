/** The same cells, or twice as many as are wanted with what was in them, the rest zeros. */
export function roomFor(cells: Int32Array, wanted: number): Int32Array {
  if (wanted <= cells.length) return cells;
  const larger = new Int32Array(2 * wanted);
  larger.set(cells);
  return larger;
}
