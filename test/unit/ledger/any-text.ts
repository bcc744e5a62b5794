import fc from 'fast-check';

/** Any code points, lone surrogates and control characters too. */
export function anyText(maxLength = 30): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength })
    .map((points) => String.fromCodePoint(...points));
}
