import { describe, expect, it, vi } from 'vitest';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { PolicyKeeper } from '../../../src/engine/policy-keeper.ts';
import { packPrefixes } from '../../../src/policy/prefix-packing.ts';
import { flow, loadGood, NOW } from '../policy/sources.ts';
import { POLICY, SPEC } from './bench.ts';

const OTHER = loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));

describe('PolicyKeeper', () => {
  it('has nothing in force at first, and says so', () => {
    const keeper = new PolicyKeeper(
      () => false,
      () => {},
    );
    expect(keeper.digest).toBeNull();
    expect(() => keeper.inForce).toThrow('no policy is in force yet');
  });

  it('tells its listener of each change, with what was before', () => {
    const listener = vi.fn();
    const keeper = new PolicyKeeper(() => false, listener);
    keeper.enforce(POLICY);
    const before = keeper.inForce;
    keeper.enforce(OTHER);
    expect(listener.mock.calls).toEqual([
      [before, undefined],
      [keeper.inForce, before],
    ]);
  });

  it.each([true, false])('records the text of a policy unless it is stored (%s)', (stored) => {
    const keeper = new PolicyKeeper(
      () => stored,
      () => {},
    );
    keeper.enforce(POLICY);
    const drafts = keeper.drafts(OTHER, 'laptop', 'moved');
    expect(drafts.map(({ type }) => type)).toEqual([...(stored ? [] : ['policy.stored']), 'policy.applied']);
    expect(drafts.at(-1)?.body).toMatchObject({ digest: OTHER.digest, previousDigest: POLICY.digest });
    expect(keeper.digest).toBe(POLICY.digest);
  });

  it('judges by fresh deny lists under the same policy', () => {
    const keeper = new PolicyKeeper(
      () => false,
      () => {},
    );
    keeper.enforce(POLICY);
    const verdict = () => keeper.inForce.compiled.evaluate(flow('10.1.0.1', '198.51.100.66:443/tcp'), NOW);
    expect(verdict()).toMatchObject({ cause: 'denyList' });
    keeper.replaceDenyLists([]);
    expect(verdict()).toMatchObject({ cause: 'policyViolation' });
    expect(keeper.digest).toBe(POLICY.digest);
  });

  it('judges by what was fetched for the policy before, where the next one names the same list and URL', () => {
    const spec = (list: string) => SPEC.replace(/denyLists:[\s\S]*?(?=\n {2}\w)/, `denyLists: [${list}]`);
    const from = (id: string, url: string) =>
      `{id: ${id}, url: "https://feeds.example/${url}", format: text}`;
    const keeper = new PolicyKeeper(
      () => false,
      () => {},
    );
    const first = loadGood(spec(from('c2', 'a')));
    keeper.enforce(first);
    const prefixes = packPrefixes([parsePrefix('198.51.100.66')]);
    keeper.replaceDenyLists([{ ...first.denyLists[0], prefixes, content: { sha256: 'x', fetchedAtMs: 1 } }]);
    const causeAfter = (list: string) => {
      keeper.enforce(loadGood(spec(list)));
      return keeper.inForce.compiled.evaluate(flow('10.1.0.1', '198.51.100.66:443/tcp'), NOW);
    };
    expect(causeAfter(from('c2', 'a').replace('text', 'text, reason: moved'))).toMatchObject({
      list: 'c2',
      reason: 'moved',
    });
    expect(keeper.inForce.policy.denyLists[0].prefixes).toHaveLength(0);
    expect(causeAfter(from('c2', 'b'))).toMatchObject({ cause: 'policyViolation' });
    expect(causeAfter(from('c2', 'a'))).toMatchObject({ cause: 'policyViolation' });
  });
});
