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
