/**
 * Tells the engine from where people work. Only tokens that may change something count: whoever may only read, a
 * screen on an inside host for example, must not be out of automation's reach.
 *
 *   API over the network   the peer's address
 *   command on this machine by loopback or a Unix socket   what the command says of its own session in Penstock-Session: the value of
 *                          SSH_CONNECTION (sshd(8): client address, client port, server address, server port)
 */
import { isIPv4 } from 'node:net';
import type { Request } from 'express';
import { type Address, formatAddress, parseAddress } from '../../address/address.ts';
import { AddressError } from '../../address/errors.ts';
import type { OperatorPath } from '../../decision/operators.ts';
import type { EngineControl } from '../../engine/commands.ts';
import { RequestError } from './errors.ts';
import { roleAllows } from './role.ts';
import type { Caller } from './route.ts';

export const SESSION_HEADER = 'penstock-session';

/** How long the engine need not hear of the same again, ms. */
const QUIET_MS = 60_000;
const MOST_REMEMBERED = 1_000;

export class OperatorNotes {
  readonly #engine: EngineControl;
  readonly #now: () => number;
  readonly #told = new Map<string, number>();

  constructor(engine: EngineControl, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /** The engine hears of it before it hears of what is asked. @throws RequestError bad-request for a header that is none */
  async note(request: Request, caller: Caller): Promise<void> {
    if (!roleAllows(caller.role, 'operator')) return;
    for (const path of pathsOf(request)) {
      if (this.#isNews(`${caller.id} ${Object.values(path).join(' ')}`))
        await this.#engine.call('noteOperator', { path, actor: caller.name });
    }
  }

  #isNews(key: string): boolean {
    const now = this.#now();
    const toldAt = this.#told.get(key);
    if (toldAt !== undefined && now - toldAt < QUIET_MS && now >= toldAt) return false;
    this.#told.delete(key);
    const [oldest] = this.#told.keys();
    if (this.#told.size >= MOST_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
    this.#told.set(key, now);
    return true;
  }
}

function pathsOf(request: Request): OperatorPath[] {
  const { remoteAddress, localAddress, localPort } = request.socket;
  const session = request.headers[SESSION_HEADER];
  const peer = plainAddress(remoteAddress);
  const local = plainAddress(localAddress);
  // Over a Unix socket there is no address: it is this machine.
  if (remoteAddress === undefined && !request.socket.destroyed) return session ? sessionPath(session) : [];
  if (peer === undefined || local === undefined || localPort === undefined) return [];
  if (!isLoopback(peer)) return [pathFrom(peer, local, localPort, 'api')];
  return session === undefined ? [] : sessionPath(session);
}

/** A session from this machine itself is no path that anything could cut. */
function sessionPath(header: string | string[]): OperatorPath[] {
  const [client, clientPort, server, port, ...rest] = String(header).split(' ');
  const [from, to] = [plainAddress(client), plainAddress(server)];
  const ports = [clientPort, port].map((text) => (/^[0-9]{1,5}$/.test(text ?? '') ? Number(text) : 0));
  const isPort = (number: number) => number > 0 && number <= 65_535;
  if (!from || !to || from.family !== to.family || rest.length > 0 || !ports.every(isPort)) {
    throw new RequestError(
      'bad-request',
      'Penstock-Session must be the value of SSH_CONNECTION: client address, client port, server address, server port',
    );
  }
  return isLoopback(from) ? [] : [pathFrom(from, to, ports[1], 'ssh')];
}

function pathFrom(from: Address, to: Address, port: number, via: OperatorPath['via']): OperatorPath {
  return { address: formatAddress(from), via, local: formatAddress(to), port };
}

/** Without the zone of a link-local address; IPv4 in IPv6 clothes as IPv4. */
function plainAddress(text = ''): Address | undefined {
  const bare = text.replace(/%.*$/, '');
  const mapped = bare.replace(/^::ffff:/i, '');
  try {
    return parseAddress(isIPv4(mapped) ? mapped : bare);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    return undefined;
  }
}

function isLoopback(address: Address): boolean {
  return address.family === 4 ? address.d >>> 24 === 127 : formatAddress(address) === '::1';
}
