/** Names that rules use must exist. */
import type { Named, Parts } from './parts.ts';
import type { ProblemList } from './problem.ts';
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

function unknown(
  rule: Named<unknown>,
  kind: string,
  known: ReadonlyMap<string, unknown>,
  name: string,
  path: Path,
  problems: ProblemList,
): void {
  const meant = suggestion(name, known.keys());
  const some = [...known.keys()].slice(0, 8).join(', ');
  const expected =
    meant !== undefined ? `did you mean '${meant}'?` : some ? `one of ${some}` : 'its definition';
  problems.add(rule.at(path), `no ${kind} '${name}'`, expected);
}
