import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParsedFiles } from '../../../src/policy/parsed-files.ts';
import { ProblemList } from '../../../src/policy/problem.ts';
import { policyPart } from '../../../src/policy/schema/policy.ts';
import { type Path, YamlSource } from '../../../src/policy/yaml-source.ts';

const HEAD = `apiVersion: penstock/v1
kind: EgressPolicyPart
spec:
  services: {web: [{protocol: tcp, ports: [443]}]}
`;
const rule = (id: string, more = '') =>
  `    - {id: ${id}, from: [lan], to: {cidrs: [203.0.113.9]}, services: [web]${more}}\n`;
const FOLDED =
  '    - id: folded\n      description: >-\n        x\n      from: [lan]\n      to: {cidrs: [203.0.113.5]}\n      services: [web]\n';
const LAST = '  hostGroups: {lan: {cidrs: [10.0.0.0/8]}}\n';

const PATHS: Path[] = [
  [],
  ['include', 0],
  ['spec'],
  ['spec', 'rules'],
  ['spec', 'rules', 99],
  ['spec', 'services', 'web'],
  ['spec', 'hostGroups', 'lan', 'cidrs', 0],
  ['spec', 'denyLists', 0, 'id'],
  ...Array.from({ length: 8 }, (_, i): Path[] => [
    ['spec', 'rules', i],
    ['spec', 'rules', i, 'id'],
    ['spec', 'rules', i, 'from', 0],
  ]).flat(),
];

/** All that a file is read as. */
function told(files: ParsedFiles, text: string): unknown {
  const problems = new ProblemList();
  const read = files.read('part.yaml', text, policyPart, problems);
  const places = PATHS.flatMap((path) => [read?.source.place(path), read?.source.place(path, true)]);
  read?.source.letGo();
  return { value: read?.value, places, problems: problems.list() };
}

function wasEdited(files: ParsedFiles, text: string): boolean {
  const read = files.read('part.yaml', text, policyPart, new ProblemList());
  if (read === undefined) throw new Error('it has problems');
  return !(read.source instanceof YamlSource);
}

describe('a file of which some rules were edited', () => {
  const text = (...ids: string[]) => `${HEAD}  rules:\n${ids.map((id) => rule(id)).join('')}${LAST}`;

  it('is read by those alone, and the others are the same objects as before', () => {
    const files = new ParsedFiles();
    const before = files.read('part.yaml', text('a', 'b', 'c', 'd'), policyPart, new ProblemList());
    expect(before?.source).toBeInstanceOf(YamlSource);
    const after = files.read('part.yaml', text('a', 'x', 'b', 'd', 'e'), policyPart, new ProblemList());
    expect(after?.source).not.toBeInstanceOf(YamlSource);
    expect(after?.value.spec.rules.map(({ id }) => id)).toEqual(['a', 'x', 'b', 'd', 'e']);
    const kept = after?.value.spec.rules.filter((each) => before?.value.spec.rules.includes(each));
    expect(kept?.map(({ id }) => id)).toEqual(['a', 'b', 'd']);
  });

  it.each([
    ['a flow list of rules', `${HEAD}  rules: [\n${rule('a').replace('- ', '  ')}  ]\n`],
    ['a block scalar', text('a', 'b', 'c').replace(rule('b'), FOLDED)],
    ['line ends of Windows', text('a', 'b', 'c').replaceAll('\n', '\r\n')],
    ['no rules', `${HEAD}${LAST}`],
    ['a rule whose bracket stands below it', text('a', 'b', 'c').replace('}\n  host', '\n    }\n  host')],
  ])('is read as a whole when it has %s', (_, given) => {
    const files = new ParsedFiles();
    told(files, given);
    const next = `${given}# more\n`;
    expect(wasEdited(files, next)).toBe(false);
    expect(told(files, next)).toEqual(told(new ParsedFiles(), next));
  });

  it('is read as a whole now and then: what it holds is counted', () => {
    const cidrs = Array.from({ length: 12_000 }, (_, i) => `203.0.${i >> 8}.${i & 255}`).join();
    const wide = (id: string) => text('a', 'b', id).replace('203.0.113.9', cidrs);
    const files = new ParsedFiles();
    const edited = ['c', 'd', 'e', 'f'].map((id) => wasEdited(files, wide(id)));
    expect(edited).toEqual([false, true, true, false]);
  });
});

const TO = 'from: [lan]\n      to: {cidrs: [203.0.113.5]}\n      services: [web]\n';
const good = fc.constantFrom(
  ...['a', 'b', 'c', 'd', 'e'].map((id) => rule(id)),
  rule('f', ', description: "x\n        y # z"'),
  '    - id: g\n      from: [lan]\n      to:\n        cidrs:\n        - 203.0.113.1\n        - 203.0.113.2\n      services: [web]\n',
  '    -   {id: h, from: [lan],\n         to: {cidrs: [203.0.113.3]}, services: [web]}\n',
  `    - id: i\n      description: plain\n        text\n        goes on\n\n      ${TO}`,
  `    - 'id': k\n      ${TO}`,
  '    # about the next\n',
  '  # further out\n',
  '# far out\n',
  '          # further in\n',
  '\n',
  '      \n',
);
/** Not what they seem, or nothing at all. */
const odd = fc.constantFrom(
  FOLDED,
  rule('bad', ', owned: x'),
  rule('again').replace('203.0.113.9', '203.0.113.999'),
  '    - {id: l, from: [lan], to: {cidrs: [203.0.113.4]}, services: [web]\n    }\n',
  `    -\n      id: m\n      ${TO}`,
  '    - {id: n, from: [lan], to: {cidrs: [203.0.113.7]}, services: [web], owner: "open\n',
  '    - \n',
  '    - x\n',
  '    - - {id: o}\n',
  '      owner: "late"\n',
  '      - x\n',
  '     - x\n',
);
const heads = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(`${HEAD}  rules:\n`, `${HEAD}  rules: # all\n\n    # of them\n`) },
  { weight: 1, arbitrary: fc.constantFrom(`${HEAD}    rules:\n`, `# rules:\n${HEAD}  "rules":\n`) },
);
const tails = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('', LAST, '  denyLists: []\n# end', '    # end') },
  { weight: 1, arbitrary: fc.constantFrom(`${LAST}---\n`, '...\n', '  rules: []\n', '  }\n') },
);
const firsts = fc.tuple(heads, fc.array(good, { minLength: 3, maxLength: 6 }), tails);

/** Happens to a text, and is mended in the next. */
const damage = fc.record({
  at: fc.nat(700),
  drop: fc.nat(60),
  put: fc.constantFrom('', '"', "'", '{', '}', '[', ']', '#', ':', ' ', '\n', '- ', '? ', '\t', '| '),
});
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
/** Some rules are put in and taken out. */
const steps = fc.array(
  fc.record({
    at: fc.nat(8),
    drop: fc.nat(2),
    put: fc.array(good, { maxLength: 2 }),
    odd: seldom(odd),
    tail: seldom(tails),
    damage: seldom(damage),
  }),
  { minLength: 1, maxLength: 10 },
);

it('an edited file is what it is when it is read for the first time, with the same places and problems', () => {
  fc.assert(
    fc.property(firsts, steps, ([head, rules, tail], edits) => {
      const files = new ParsedFiles();
      const list = [...rules];
      told(files, head + list.join('') + tail);
      for (const { at, drop, put, odd, tail: other, damage } of edits) {
        list.splice(at % (list.length + 1), drop, ...put);
        const items = odd === undefined ? list : list.toSpliced((at + 3) % (list.length + 1), 0, odd);
        const whole = head + items.join('') + (other ?? tail);
        const now = damage === undefined ? whole : splice(whole, damage);
        expect(told(files, now)).toEqual(told(new ParsedFiles(), now));
      }
    }),
    { numRuns: 100 },
  );
});

function splice(text: string, { at, drop, put }: { at: number; drop: number; put: string }): string {
  return text.slice(0, at) + put + text.slice(at + drop);
}
