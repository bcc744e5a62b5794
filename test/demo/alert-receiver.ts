/** A webhook as an operator would have one: notes when each alert came. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from '../network/waiting.ts';
import { preciseNow } from './report.ts';

export interface ReceivedAlert {
  readonly atMs: number;
  /** Type of the ledger entry it is about. */
  readonly action: string;
  readonly message: string;
  readonly labels: { readonly incident?: string; readonly decision?: string };
}

export class AlertReceiver {
  readonly alerts: ReceivedAlert[] = [];
  readonly #server = createServer(async (request, response) => {
    const { event, message, labels } = JSON.parse(await text(request));
    this.alerts.push({ atMs: preciseNow(), action: event.action, message, labels });
    response.end();
  });

  /** Listens on loopback of the namespace that the thread is in. @returns its URL */
  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/alerts`;
  }

  async incidentOpened(id: string): Promise<ReceivedAlert> {
    return until(`the alert of ${id}`, () =>
      this.alerts.find(({ action, labels }) => action === 'incident.opened' && labels.incident === id),
    );
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
