/** What the policy in force asks of the kernel, worked out apart from the product's code: chaos policies are one family. */
import { rangeOf } from './agreement.ts';
import type { KernelElement } from './kernel-view.ts';
import { SHOP } from './scenery.ts';
import type { PolicyChoice } from './step.ts';

const LAN = { 4: { addr: '10.1.0.0', len: 24 }, 6: { addr: 'fd00:1::', len: 64 } };
const EVERY_SERVICE = [{ range: [0, 255] }, { range: [0, 65_535] }];
/** All generations that a connection's mark may tell of, and none. */
const ALL_PASS = 16;

/** In words; empty when all is well. */
export function policyDisagreements(found: readonly KernelElement[], choice: PolicyChoice): string[] {
  const of = (set: string) => found.filter((each) => each.set === set);
  const enforces = choice.mode === 'enforce';
  return [
    ...([4, 6] as const).flatMap((family) => [
      ...compare(`inside${family}`, of(`inside${family}`), [{ prefix: LAN[family] }]),
      ...compare(
        `allow${family}`,
        of(`allow${family}`),
        enforces ? [{ concat: [SHOP[family], { prefix: LAN[family] }, ...EVERY_SERVICE] }] : [],
      ),
      ...spared(of(`sparedto${family}`), ofFamily(choice.protectedPrefixes, family)),
      ...[`denied${family}`, `deniedsingle${family}`].flatMap((set) =>
        denied(of(set), ofFamily(choice.denied, family)),
      ),
    ]),
    ...compare('strict', of('strict'), enforces ? ['ipv4', 'ipv6'] : []),
    ...passing(of('pass').length, enforces ? 1 : ALL_PASS),
    ...shortcut(of('shortcut'), of('station').length > 0 ? [] : of('pass')),
  ];
}

function ofFamily(addresses: readonly string[], family: 4 | 6): string[] {
  return addresses.filter((address) => address.includes(':') === (family === 6));
}

function compare(set: string, found: readonly KernelElement[], wanted: readonly unknown[]): string[] {
  const texts = (values: readonly unknown[]) =>
    values
      .map((value) => JSON.stringify(value))
      .toSorted()
      .join(' ');
  const [is, should] = [texts(found.map(({ value }) => value)), texts(wanted)];
  return is === should ? [] : [`policy: @${set} holds ${is || 'nothing'}, not ${should || 'nothing'}`];
}

/** Networks that lie in each other are one range. */
function spared(found: readonly KernelElement[], prefixes: readonly string[]): string[] {
  const wrong = found
    .map(({ value }) => rangeOf(value))
    .filter(({ first, last }) => !prefixes.some((prefix) => within(first, last, prefix)));
  const missing = prefixes.filter((prefix) => {
    const { first, last } = rangeOf(prefix);
    return !found.some(({ value }) => rangeOf(value).first <= first && rangeOf(value).last >= last);
  });
  return [
    ...wrong.map(({ first }) => `policy: spared without being protected: ${first.toString(16)}`),
    ...missing.map((prefix) => `policy: protected and not spared: ${prefix}`),
  ];
}

/** Some of them, for people may say no to an address and a policy may only alert; never another one. */
function denied(found: readonly KernelElement[], addresses: readonly string[]): string[] {
  const listed = new Set(addresses.map((address) => rangeOf(address).first));
  return found.flatMap(({ set, value }) => {
    const { first, last } = rangeOf(value);
    const all = Array.from({ length: Number(last - first) + 1 }, (_, i) => first + BigInt(i));
    return all.every((address) => listed.has(address))
      ? []
      : [`policy: @${set} holds ${JSON.stringify(value)}, which is on no deny list`];
  });
}

function passing(found: number, wanted: number): string[] {
  return found === wanted ? [] : [`policy: ${found} generations pass, not ${wanted}`];
}

/** Without one that could be there packets are slower and no less right: a station's element may have ended by itself. */
function shortcut(found: readonly KernelElement[], most: readonly KernelElement[]): string[] {
  const may = new Set(most.map(({ value }) => JSON.stringify(value)));
  const wrong = found.map(({ value }) => JSON.stringify(value)).filter((value) => !may.has(value));
  return wrong.map((value) => `policy: @shortcut lets ${value} pass unasked`);
}

function within(first: bigint, last: bigint, prefix: string): boolean {
  const around = rangeOf(prefix);
  return around.first <= first && last <= around.last;
}
