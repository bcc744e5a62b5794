/**
 * A policy on its way to the engine's thread: what the engine has from the one before is named and not sent again.
 *
 *   lists of the policy before   | r0 r1 r2 r3 r4 ... r9999 |
 *   this one's                   { first: 0, count: 3 }, [r3'], { first: 4, count: 9996 }
 *
 * So a change of one rule of 10,000 costs what one rule does. What is named is the same object at the other end as in
 * the policy before, as it is at this end: whoever keeps something for a rule keeps it by the rule itself.
 *
 * Both ends keep the last policy that was to be put in force, and parcels arrive in the order in which they were sent.
 */
import type { Policy, PolicySources } from '../policy/policy.ts';
import type { CommandName, Params } from './commands.ts';

const LISTS = [
  'hostGroups',
  'addressSets',
  'services',
  'schedules',
  'rules',
  'denyLists',
  'tests',
] as const satisfies readonly (keyof Policy)[];
type List = (typeof LISTS)[number];
const NONE: readonly never[] = [];

/** So many of the list before, from this place on. */
interface Run {
  readonly first: number;
  count: number;
}
type Pieces<T = object> = readonly (Run | readonly T[])[];

export interface PolicyParcel {
  /** Number of the policy that it builds on, in the order in which they were sent; 0: on none. */
  readonly base: number;
  readonly policy: Omit<Policy, List | 'sources'> & { readonly [L in List]: Pieces<Policy[L][number]> };
  readonly entry: string;
  readonly files: Pieces<PolicySources['files'][number]>;
}

type Packed<P> = P extends { policy: Policy } ? Omit<P, 'policy'> & { policy: PolicyParcel } : P;

/** Parameters of a command as they are sent. */
export type SentParams = Packed<Params<CommandName>>;

export class PolicySender {
  #base: Policy | undefined;
  #number = 0;
  /** By list of the base: where everything stands in it. */
  readonly #places = new Map<readonly object[], ReadonlyMap<object, number>>();

  /** `params`: to be sent at once. */
  pack(name: CommandName, params: Params<CommandName>): SentParams {
    if (!('policy' in params)) return params;
    const base = this.#base;
    const files = knownFiles(params.policy.sources.files, base?.sources.files ?? []);
    const policy = { ...params.policy, sources: { ...params.policy.sources, files } };
    const { sources, ...rest } = policy;
    const lists = LISTS.map((list) => [list, this.#cut<object>(policy[list], base?.[list])]);
    const parcel: PolicyParcel = {
      base: this.#number,
      policy: { ...rest, ...Object.fromEntries(lists) },
      entry: sources.entry,
      files: this.#cut(files, base?.sources.files),
    };
    if (name === 'applyPolicy') this.#replace(policy);
    return { ...params, policy: parcel };
  }

  #replace(policy: Policy): void {
    this.#base = policy;
    this.#number += 1;
    this.#places.clear();
  }

  #cut<T extends object>(list: readonly T[], base: readonly T[] = NONE): Pieces<T> {
    const pieces: (Run | T[])[] = [];
    const places = this.#places.getOrInsertComputed(base, placesIn);
    for (const each of list) {
      const place = places.get(each);
      const last = pieces.at(-1);
      if (place === undefined) {
        if (Array.isArray(last)) last.push(each);
        else pieces.push([each]);
      } else if (last !== undefined && !Array.isArray(last) && last.first + last.count === place)
        last.count++;
      else pieces.push({ first: place, count: 1 });
    }
    return pieces;
  }
}

export class PolicyReceiver {
  #base: Policy | undefined;
  #number = 0;

  /** @throws when it builds on another than the policy before, which would be a fault of ours */
  unpack(name: CommandName, params: SentParams): Params<CommandName> {
    if (!('policy' in params)) return params;
    const policy = this.#whole(params.policy);
    if (name === 'applyPolicy') {
      this.#base = policy;
      this.#number += 1;
    }
    return { ...params, policy };
  }

  #whole({ base: number, policy, entry, files }: PolicyParcel): Policy {
    if (number !== this.#number)
      throw new Error(`a policy builds on number ${number}, here is ${this.#number}`);
    const base = this.#base;
    const lists = LISTS.map((list) => [list, joined<object>(policy[list], base?.[list])]);
    const sources = { entry, files: joined(files, base?.sources.files) };
    return { ...policy, ...Object.fromEntries(lists), sources };
  }
}

function joined<T>(pieces: Pieces<T>, base: readonly T[] = []): readonly T[] {
  return pieces.flatMap((piece) =>
    'first' in piece ? base.slice(piece.first, piece.first + piece.count) : piece,
  );
}

function placesIn(list: readonly object[]): ReadonlyMap<object, number> {
  return new Map(list.map((each, place) => [each, place]));
}

/** Texts arrive anew with each request: those that are the same are those of before. */
function knownFiles(files: PolicySources['files'], before: PolicySources['files']): PolicySources['files'] {
  const known = new Map(before.map((file) => [file.name, file]));
  return files.map((file) => {
    const old = known.get(file.name);
    return old?.text === file.text ? old : file;
  });
}
