/**
 * What a gateway has to do besides, made by programs that take little of the machine for it, as those who make it elsewhere
 * take nothing: new flows (flow-generator.c), and people and their tools at the API: `h2load` (nghttp2) asks, `curl` reads
 * streams of events as they come.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonProcess } from '../network/daemon-process.ts';
import type { Network } from '../network/network.ts';
import { sendNewFlows } from './flow-generator.ts';

/** Of what ends with the work that it goes beside. */
const MOST_SECONDS = 600;
/** They take turns. */
const QUESTIONS = [
  '/v1/status',
  '/v1/flows?limit=100',
  '/v1/decisions?state=active&limit=50',
  '/v1/incidents?limit=50',
  '/metrics',
  '/v1/flows?host=10.1.0.11&sort=bytes',
  '/v1/audit?order=newest&limit=50',
  '/v1/revisions?limit=20',
];
/** Who ask them. */
const PEOPLE = 5;
const STREAMS = 4;
const ALLOWED = 0xc613_0000;
const ADDRESSES = 256;

export interface Beside {
  /** New ones a second, from host `others`; none of them is blocked where rules allow 198.19.0.0/16. */
  readonly flows: number;
  /** Of the API, a second. */
  readonly requests: number;
}

/** `work`, while that goes on; it ends with the network. @throws when it ends before `work` does */
export async function beside<T>(
  network: Network,
  { flows, requests }: Beside,
  daemon: DaemonProcess | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const loads: Promise<unknown>[] = [];
  if (flows > 0)
    loads.push(
      sendNewFlows(network, 'others', {
        rate: flows,
        seconds: MOST_SECONDS,
        base: ALLOWED,
        count: ADDRESSES,
      }),
    );
  if (requests > 0 && daemon !== undefined) loads.push(...askApi(network, daemon, requests));
  let isOver = false;
  const ended = loads.map(async (load) => {
    const why = await load.catch((error: Error) => error.message);
    if (!isOver) throw new Error(`what goes on beside it has ended: ${JSON.stringify(why)}`);
  });
  const early = Promise.all(ended).then(() => new Promise<never>(() => {}));
  try {
    return await Promise.race([work(), early]);
  } finally {
    isOver = true;
    early.catch(() => {});
  }
}

/** Each of some people asks one question after the other on a connection of their own, when it is due. */
function askApi(network: Network, daemon: DaemonProcess, rate: number): Promise<unknown>[] {
  const { url, token, stateDir } = daemon;
  const header = `authorization: Bearer ${token}`;
  const start = (command: string, args: string[]) =>
    network.runAsync('gateway', command, args, MOST_SECONDS * 1_000);
  const people = Array.from({ length: PEOPLE }, (_, person) => {
    const list = join(stateDir, `questions-${person}`);
    const inTurn = [...QUESTIONS.slice(person), ...QUESTIONS.slice(0, person)];
    writeFileSync(list, inTurn.map((path) => `${url}${path}\n`).join(''));
    const pace = ['--h1', '--clients=1', `--rps=${rate / PEOPLE}`, `--duration=${MOST_SECONDS}`];
    return start('h2load', [...pace, `--input-file=${list}`, `--header=${header}`]);
  });
  const reading = ['--silent', '--no-buffer', '--output', '/dev/null', '--header', header];
  const streams = Array.from({ length: STREAMS }, () => start('curl', [...reading, `${url}/v1/events`]));
  return [...people, ...streams];
}

/** How many questions the daemon has answered, and how many of those with an error. */
export async function answered(daemon: DaemonProcess): Promise<string> {
  const text: string = (await daemon.call('GET', '/metrics')).body;
  const counts = text.matchAll(/^penstock_api_requests_total\{.*status="(\d+)"\} (\d+)$/gm);
  const sums = { answers: 0, errors: 0 };
  for (const [, status, count] of counts) {
    sums.answers += Number(count);
    if (status >= '400') sums.errors += Number(count);
  }
  return `${sums.answers} answers, ${sums.errors} errors`;
}

/** As figures have it. */
export function nameOf({ flows, requests }: Beside): string {
  if (flows === 0 && requests === 0) return 'alone';
  const parts = [`${flows} new flows/s`, ...(requests > 0 ? [`${requests} API requests/s`] : [])];
  return `${parts.join(' and ')} beside it`;
}
