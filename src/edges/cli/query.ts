type Value = string | number | undefined;

/** `?state=open&limit=100`, leaving out what is undefined. */
export function queryOf(values: Readonly<Record<string, Value>>): string {
  const given = Object.entries(values).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined,
  );
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length === 0 ? '' : `?${query}`;
}
