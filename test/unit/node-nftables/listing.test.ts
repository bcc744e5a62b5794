import { parseListing } from 'node-nftables';
import { describe, expect, it } from 'vitest';

describe('a listing', () => {
  it('comes without metainfo', () => {
    const text =
      '{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "ip", "name": "t", "handle": 1}}]}';
    expect(parseListing('list', text)).toEqual([{ table: { family: 'ip', name: 't', handle: 1 } }]);
  });

  it.each([
    '',
    'nonsense',
    '[]',
    '{"nftables": {}}',
    '{"nftables": [1]}',
    '{"nftables": [{"a": 1}]}',
    '{"nftables": [{}]}',
  ])('that is none is refused: %s', (text) => {
    expect(() => parseListing('list table', text)).toThrow(/^list table: nft answered with no/);
  });
});
