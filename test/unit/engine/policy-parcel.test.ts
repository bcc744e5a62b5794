import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Params } from '../../../src/engine/commands.ts';
import { PolicyReceiver, PolicySender } from '../../../src/engine/policy-parcel.ts';
import type { Policy, Rule } from '../../../src/policy/policy.ts';
import { loadGood } from '../policy/sources.ts';

const GROUPS =
  '  hostGroups: {lan: {cidrs: [10.0.0.0/8]}}\n  services: {web: [{protocol: tcp, ports: [443]}]}\n';
const rule = (id: number) =>
  `    - {id: r${id}, from: [lan], to: {cidrs: [203.0.113.${id}]}, services: [web], owner: t}\n`;

/** One file, or the rules in an included one. */
function policy(ids: readonly number[], part?: readonly number[]): Policy {
  const rules = ids.length > 0 ? `  rules:\n${ids.map(rule).join('')}` : '';
  if (part === undefined) return loadGood(GROUPS + rules);
  const text = `apiVersion: penstock/v1\nkind: EgressPolicyPart\nspec:\n  rules:\n${part.map(rule).join('')}`;
  return loadGood(GROUPS + rules, { 'part.yaml': text }, 'include: [part.yaml]\n');
}

/** Two threads. */
class Wire {
  readonly #sender = new PolicySender();
  readonly #receiver = new PolicyReceiver();
  bytes = 0;

  apply(given: Policy): Policy {
    return this.#send('applyPolicy', { policy: given, actor: 'a', reason: '' });
  }

  plan(given: Policy): Policy {
    return this.#send('planPolicy', { policy: given });
  }

  #send(name: 'applyPolicy' | 'planPolicy', params: Params<'applyPolicy' | 'planPolicy'>): Policy {
    const sent = this.#sender.pack(name, params);
    this.bytes = JSON.stringify(sent).length;
    return (this.#receiver.unpack(name, structuredClone(sent)) as typeof params).policy;
  }
}

const kept = (list: readonly Rule[], before: readonly Rule[]) =>
  list.filter((each) => before.includes(each)).map(({ id }) => id);

describe('a policy on its way to the engine', () => {
  it('arrives as it was sent, whatever was sent before it', () => {
    const rules = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 6 });
    const sent = fc.record({ entry: rules, isPlan: fc.boolean() });
    fc.assert(
      fc.property(fc.array(sent, { minLength: 1, maxLength: 6 }), (policies) => {
        const wire = new Wire();
        for (const { entry, isPlan } of policies) {
          const given = policy(entry, [20, 21, 22]);
          expect(isPlan ? wire.plan(given) : wire.apply(given)).toEqual(given);
        }
      }),
    );
  });

  it('keeps what did not change as the same object at the other end', () => {
    const wire = new Wire();
    const before = wire.apply(policy([1], [2, 3]));
    const after = wire.apply(policy([1, 4], [2, 3]));
    expect(kept(after.rules, before.rules)).toEqual(['r1', 'r2', 'r3']);
    expect(after.sources.files.find(({ name }) => name === 'part.yaml')).toBe(before.sources.files[1]);
    expect(wire.apply(policy([1, 4], [2, 3])).rules.every((each, i) => each === after.rules[i])).toBe(true);
    const inserted = wire.apply(policy([5, 1, 4], [6, 3]));
    expect(kept(inserted.rules, after.rules)).toEqual(['r1', 'r4', 'r3']);
  });

  it('is asked about without a trace: the next builds on what was applied', () => {
    const wire = new Wire();
    const before = wire.apply(policy([1], [2, 3]));
    wire.plan(policy([1, 5], [2, 3, 4]));
    expect(kept(wire.apply(policy([1], [2, 3])).rules, before.rules)).toEqual(['r1', 'r2', 'r3']);
  });

  it('is small when little changed', () => {
    const wire = new Wire();
    const many = Array.from({ length: 200 }, (_, i) => i + 1);
    wire.apply(policy([201], many));
    const whole = wire.bytes;
    wire.apply(policy([202], many));
    expect(wire.bytes).toBeLessThan(whole / 10);
  });

  it('is refused when it builds on what is not there', () => {
    const sender = new PolicySender();
    const params = { policy: policy([1]), actor: 'a', reason: '' };
    sender.pack('applyPolicy', params);
    const second = sender.pack('applyPolicy', params);
    expect(() => new PolicyReceiver().unpack('applyPolicy', second)).toThrow('number 1');
  });
});
