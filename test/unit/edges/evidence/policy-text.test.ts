import { describe, expect, it } from 'vitest';
import { fileTexts, ruleTexts, withoutSecrets } from '../../../../src/edges/evidence/policy-text.ts';

const MAIN = `apiVersion: penstock/v1
spec:
  rules:
    - id: web        # card processor
      from: [web]
    - {id: other, from: [lan]}
  denyLists:
    - {id: feed, url: "https://feeds.example/drop.txt?key=s3cret", refresh: 1h}
`;
const SOURCES = {
  entry: 'policy.yaml',
  files: [
    { name: 'policy.yaml', text: MAIN },
    { name: 'feeds/drop.txt', text: '198.51.100.66\n' },
  ],
};

describe('the policy in a bundle', () => {
  it('has rules and deny lists in their own words', () => {
    expect(ruleTexts(SOURCES, new Set(['web', 'feed', 'none']))).toEqual([
      {
        id: 'web',
        kind: 'rule',
        file: 'policy.yaml',
        text: expect.stringMatching(/^id: web +# card processor\n +from: \[web\]\n?/),
      },
      {
        ...{ id: 'feed', kind: 'denyList', file: 'policy.yaml' },
        text: '{id: feed, url: "https://feeds.example/drop.txt?[withheld]", refresh: 1h}',
      },
    ]);
  });

  it('names feeds by their hash, and shows no secret of any file', () => {
    const [main, feed] = fileTexts(SOURCES);
    expect(main.text).toContain('card processor');
    expect(main.text).not.toContain('s3cret');
    expect(feed).toEqual({
      name: 'feeds/drop.txt',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      text: null,
    });
  });

  it.each([
    ['https://ann:pw@feeds.example/a', 'https://[withheld]@feeds.example/a'],
    ['http://127.0.0.1:80/a?b=c&d=e#f', 'http://127.0.0.1:80/a?[withheld]#f'],
    [`# Bearer pst_${'a'.repeat(43)}, of laptop`, '# Bearer [withheld], of laptop'],
    ['no url: a@b?c', 'no url: a@b?c'],
  ])('withholds of %j what may be secret', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });

  it('is nothing where a file is no policy', () => {
    const files = [
      { name: 'a.yaml', text: 'spec: [' },
      { name: 'b.yml', text: '- 1' },
    ];
    expect(ruleTexts({ entry: 'a.yaml', files }, new Set(['web']))).toEqual([]);
  });
});
