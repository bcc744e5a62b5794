/** Texts that let somebody in, wherever they may have strayed. */

/** A token made here, or a signed one of an identity provider. */
const SECRET = /pst_[A-Za-z0-9_-]{43}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/g;

export function holdsSecret(text: string): boolean {
  return text.search(SECRET) !== -1;
}

/** For a log. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(SECRET, '[secret]');
}

/** A signed one may have its place elsewhere: the URL of a feed, in the text of a policy. */
const MADE_HERE = /pst_[A-Za-z0-9_-]{43}/;

/** Where in a value of JSON a text or a name holds a token made here. It is as deep as the reader of bodies lets through. */
export function placeOfToken(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return MADE_HERE.test(value) ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (MADE_HERE.test(name)) return [name];
    const place = placeOfToken(inner);
    if (place !== undefined) return [name, ...place];
  }
  return undefined;
}
