/** Names that rules use must exist. */
import type { Named, Parts } from './parts.ts';
import type { ProblemList } from './problem.ts';
import type { PolicyDocument } from './schema/policy.ts';
import { suggestion } from './suggestion.ts';
import type { Path } from './yaml-source.ts';

export function checkReferences(parts: Parts, problems: ProblemList): void {
  for (const rule of parts.rules.values()) {
    const check = (
      kind: string,
      known: ReadonlyMap<string, unknown>,
      names: readonly string[],
      path: Path,
    ) => {
      names.forEach((name, i) => {
        if (!known.has(name))
          unknown(
            rule,
            kind,
            known,
            name,
            names.length === 1 && path[0] === 'schedule' ? path : [...path, i],
            problems,
          );
      });
    };
    const { from, to, services, schedule } = rule.value;
    check('host group', parts.hostGroups, from, ['from']);
    check('address set', parts.addressSets, to.sets, ['to', 'sets']);
    check('service', parts.services, services, ['services']);
    check('schedule', parts.schedules, schedule === undefined ? [] : [schedule], ['schedule']);
  }
}

type Refuse = (path: Path, message: string, expected: string) => void;

/** Host groups that an action names as its canary; paths are from the top of the file. */
export function checkCanaries({ spec }: PolicyDocument, { hostGroups }: Parts, refuse: Refuse): void {
  const check = (names: readonly string[] = [], path: Path) => {
    names.forEach((name, i) => {
      if (!hostGroups.has(name))
        refuse([...path, 'canary', i], `no host group '${name}'`, expectedName(name, hostGroups));
    });
  };
  const { response } = spec;
  check(response.default.canary, ['spec', 'response', 'default']);
  for (const [i, { canary }] of response.actions.entries()) check(canary, ['spec', 'response', 'actions', i]);
}

function unknown(
  rule: Named<unknown>,
  kind: string,
  known: ReadonlyMap<string, unknown>,
  name: string,
  path: Path,
  problems: ProblemList,
): void {
  problems.add(rule.at(path), `no ${kind} '${name}'`, expectedName(name, known));
}

function expectedName(name: string, known: ReadonlyMap<string, unknown>): string {
  const meant = suggestion(name, known.keys());
  const some = [...known.keys()].slice(0, 8).join(', ');
  return meant !== undefined ? `did you mean '${meant}'?` : some ? `one of ${some}` : 'its definition';
}
