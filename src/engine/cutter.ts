/**
 * Ends connections that a decision forbids. Their packets take the short way as established, so the conntrack entry
 * is deleted after the set element is in: the next packet is new again and meets the sets.
 */
import { parseAddress } from '../address/address.ts';
import { parsePrefix } from '../address/prefix.ts';
import { ConntrackKernelError } from '../conntrack/errors.ts';
import type { ConntrackIdentity } from '../conntrack/request.ts';
import type { Decision, Target } from '../decision/decision.ts';
import type { FlowMatch } from '../flow/flow-match.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { Journal } from './journal.ts';
import type { ConntrackEvents } from './kernel.ts';

export class Cutter {
  readonly #socket: Pick<ConntrackEvents, 'delete'>;
  readonly #table: FlowTable;
  readonly #journal: Pick<Journal, 'log'>;

  constructor(socket: Pick<ConntrackEvents, 'delete'>, table: FlowTable, journal: Pick<Journal, 'log'>) {
    this.#socket = socket;
    this.#table = table;
    this.#journal = journal;
  }

  /** Also those of the further addresses that a quarantine covers. @returns how many connections were cut */
  cutAll({ target, coverage }: Pick<Decision, 'target' | 'coverage'>): number {
    const others = target.kind === 'host' ? (coverage?.addresses ?? []) : [];
    return others.reduce((sum, host) => sum + this.cut({ ...target, host } as Target), this.cut(target));
  }

  /** @returns how many connections were cut */
  cut(target: Target): number {
    const slots = this.#table.matching(matchOf(target));
    return slots.filter((slot) => this.delete(this.#table.identityOf(slot))).length;
  }

  /** One connection. An entry that is gone already is as good as cut. */
  delete(identity: ConntrackIdentity): boolean {
    try {
      return this.#socket.delete(identity) === 'deleted';
    } catch (error) {
      if (!(error instanceof ConntrackKernelError)) throw error;
      this.#journal.log('error', `a connection was not cut: ${error.message}`);
      return false;
    }
  }
}

function matchOf(target: Target): FlowMatch {
  switch (target.kind) {
    case 'destination':
      return { kind: 'destination', prefix: parsePrefix(target.prefix) };
    case 'host':
      return { kind: 'host', host: parseAddress(target.host), except: target.allowTo.map(parsePrefix) };
    case 'flow': {
      const { protocol, port } = target.service;
      const [host, destination] = [parseAddress(target.host), parseAddress(target.destination)];
      return { kind: 'flow', host, destination, protocol, port };
    }
  }
}
