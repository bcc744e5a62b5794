/**
 * Whether a policy would cut the way by which people reach this machine: the paths that operators were seen on, and
 * every connection that stands between an operator's address and this machine.
 */
import { type Address, formatAddress, parseAddress, sameAddress } from '../address/address.ts';
import type { Operator } from '../decision/operators.ts';
import type { Reading } from '../decision/surroundings.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { Service } from '../incident/incident.ts';
import { formatService, serviceOf } from '../incident/service.ts';
import type { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { FlowQuestion } from '../policy/verdict.ts';
import { asOpened, type Denial, forecastDrop, tcpTo } from './drop-forecast.ts';

/** Addresses are canonical text. */
export interface CutPath {
  readonly from: string;
  readonly to: string;
  readonly service: Service;
  /** The name of the token, or null for a connection that stands between the two addresses. */
  readonly actor: string | null;
  readonly via: 'api' | 'ssh' | 'connection';
  /** Why: `allowed by no rule`, `denied by LIST`. */
  readonly because: string;
}

export interface PathQuestion {
  readonly operators: readonly Operator[];
  readonly ownAddresses: Reading | undefined;
  /** The policy that would be in force. */
  readonly next: Pick<CompiledPolicy, 'mode' | 'evaluate' | 'isOurs' | 'neverBlock'>;
  readonly table: Pick<FlowTable, 'matching' | 'flowAt'>;
}

/** A busy address has many connections; one is reason enough. */
const MOST_PATHS = 20;

/** At most 20, each once. Not knowing our own addresses, every connection of an operator counts. */
export function cutPaths({ operators, ownAddresses, next, table }: PathQuestion, atMs: number): CutPath[] {
  const found = new Map<string, CutPath>();
  const judge = (question: FlowQuestion, seen: Pick<CutPath, 'actor' | 'via'>) => {
    const denial = found.size < MOST_PATHS ? forecastDrop(next, question, atMs) : undefined;
    if (denial === undefined) return;
    const path = pathOf(question, denial, seen);
    const key = `${path.from} ${path.to} ${formatService(path.service)}`;
    if (!found.has(key)) found.set(key, path);
  };
  for (const { address, local, port, actor, via } of operators)
    judge(tcpTo(parseAddress(address), parseAddress(local), port), { actor, via });
  for (const address of new Set(operators.map((each) => each.address))) {
    const operator = parseAddress(address);
    for (const slot of table.matching({ kind: 'host', host: operator, except: [] })) {
      const question = asOpened(table.flowAt(slot));
      if (leadsHere(question, operator, ownAddresses?.addresses))
        judge(question, { actor: null, via: 'connection' });
    }
  }
  return [...found.values()];
}

function leadsHere(
  { host, destination, translated }: FlowQuestion,
  operator: Address,
  ours: readonly Address[] | undefined,
): boolean {
  if (ours === undefined) return true;
  const isOurs = (address: Address) => ours.some((own) => sameAddress(own, address));
  return sameAddress(host, operator) ? isOurs(destination) || isOurs(translated) : isOurs(host);
}

function pathOf(question: FlowQuestion, denial: Denial, seen: Pick<CutPath, 'actor' | 'via'>): CutPath {
  return {
    from: formatAddress(question.host),
    to: formatAddress(question.destination),
    service: serviceOf(question),
    ...seen,
    because: denial.cause === 'denyList' ? `denied by ${denial.list}` : 'allowed by no rule',
  };
}

/** `10.1.0.10 to 10.1.0.1 tcp/22 (ssh of admin): allowed by no rule`. */
export function describePath({ from, to, service, actor, via, because }: CutPath): string {
  const how = actor === null ? 'a standing connection' : `${via} of ${actor}`;
  return `${from} to ${to} ${formatService(service)} (${how}): ${because}`;
}
