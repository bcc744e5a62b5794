import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RequestError } from '../../../../src/edges/api/errors.ts';
import { parseJsonBody } from '../../../../src/edges/api/json-body.ts';

const parse = (text: string) => parseJsonBody(Buffer.from(text));

it('takes what JSON.parse takes, brackets and quotes in text included', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      fc.pre(!text.includes('__proto__'));
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
  expect(parse(`"${'['.repeat(1_000)}\\"${'{'.repeat(1_000)}"`)).toHaveLength(2_001);
});

it('throws nothing but a refusal, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        parseJsonBody(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RequestError);
      }
    }),
  );
});

it.each([
  ['32 deep', `${'['.repeat(32)}${']'.repeat(32)}`, true],
  ['33 deep', `${'['.repeat(33)}${']'.repeat(33)}`, false],
  ['deep after much that is shallow', `[${'[],'.repeat(1_000)}${'['.repeat(40)}${']'.repeat(40)}]`, false],
  ['an own __proto__', '{"a": [{"__proto__": {}}]}', false],
  ['an escaped __proto__', '{"\\u005f_proto__": {}}', false],
  ['__proto__ as a value', '{"a": "__proto__"}', true],
])('%s', (_name, text, taken) => {
  if (taken) expect(parse(text)).toEqual(JSON.parse(text));
  else expect(() => parse(text)).toThrow(RequestError);
});
