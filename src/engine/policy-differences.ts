/** How one policy differs from another, by name. */
import { isDeepStrictEqual } from 'node:util';
import { formatPrefix } from '../address/prefix.ts';
import type { NeverBlock, Policy, Response } from '../policy/policy.ts';
import { protocolName } from '../policy/schema/protocol.ts';
import type { Changes, SettingChange } from './commands.ts';

/** Things with an id or a name, each told by it. */
export function differences<T extends object>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (each: T) => string,
): Changes {
  const old = new Map(before.map((each) => [nameOf(each), each]));
  const names = new Set(after.map(nameOf));
  const isNew = (each: T) => !old.has(nameOf(each));
  return {
    added: after.filter(isNew).map(nameOf),
    removed: before.map(nameOf).filter((name) => !names.has(name)),
    changed: after
      .filter((each) => !isNew(each) && !isDeepStrictEqual(each, old.get(nameOf(each))))
      .map(nameOf),
  };
}

/** Responses by detector, the default as `default`. */
export function responseDifferences(before: Response, after: Response): Changes {
  return differences(answersOf(before), answersOf(after), nameOf);
}

function answersOf({ default: answer, byDetector }: Response) {
  const named = Object.entries(byDetector).map(([name, answer]) => ({ name, answer }));
  return [{ name: 'default', answer }, ...named];
}

export function neverBlockDifferences(before: NeverBlock, after: NeverBlock): Changes {
  return differences(protectedBy(before), protectedBy(after), nameOf);
}

function protectedBy({ destinations, sources, ports }: NeverBlock) {
  return [
    ...destinations.map((prefix) => ({ name: `destination ${formatPrefix(prefix)}` })),
    ...sources.map((prefix) => ({ name: `source ${formatPrefix(prefix)}` })),
    ...ports.map((range) => ({ name: `port ${portsText(range)}` })),
  ];
}

/** `tcp/22`, `udp/8000-8010`: as it is written in a policy. */
function portsText({ protocol, first, last }: NeverBlock['ports'][number]): string {
  return `${protocolName(protocol)}/${first === last ? first : `${first}-${last}`}`;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** Guardrails field by field, `circuitBreaker.blocks 100 -> 50`. */
export function guardrailDifferences(before: Policy, after: Policy): SettingChange[] {
  const old = settingsOf(before.guardrails);
  const next = settingsOf(after.guardrails);
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((field) => old.get(field) !== next.get(field))
    .map((field) => ({ field, from: old.get(field) ?? 'off', to: next.get(field) ?? 'off' }));
}

function settingsOf(value: object, path = ''): Map<string, string> {
  const fields = Object.entries(value).flatMap(([name, inner]): [string, string][] => {
    const field = path === '' ? name : `${path}.${name}`;
    if (typeof inner === 'object' && inner !== null) return [...settingsOf(inner, field)];
    return inner === null ? [] : [[field, String(inner)]];
  });
  return new Map(fields);
}
