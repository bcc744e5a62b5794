/**
 * Tell systemd how the service fares (sd_notify(3)). Without NOTIFY_SOCKET, as when started by hand, it does nothing.
 */
import koffi from 'koffi';

export class ServiceNotifier {
  readonly #send: ((state: string) => void) | undefined;
  /** How often systemd wants a sign of life: half of WATCHDOG_USEC, in milliseconds (sd_watchdog_enabled(3)). */
  readonly watchdogIntervalMs: number | undefined;

  constructor(environment: NodeJS.ProcessEnv) {
    if (environment.NOTIFY_SOCKET) {
      const notify = koffi
        .load('libsystemd.so.0')
        .func('int sd_notify(int unset_environment, const char *state)');
      this.#send = (state) => void notify(0, state);
    }
    const microseconds = Number(environment.WATCHDOG_USEC);
    const forUs = environment.WATCHDOG_PID === undefined || environment.WATCHDOG_PID === String(process.pid);
    if (this.#send && microseconds > 0 && forUs) this.watchdogIntervalMs = microseconds / 2_000;
  }

  ready(status: string): void {
    this.#send?.(`READY=1\nSTATUS=${oneLine(status)}`);
  }

  reloading(): void {
    const monotonicMicroseconds = process.hrtime.bigint() / 1000n;
    this.#send?.(`RELOADING=1\nMONOTONIC_USEC=${monotonicMicroseconds}`);
  }

  alive(): void {
    this.#send?.('WATCHDOG=1');
  }

  stopping(): void {
    this.#send?.('STOPPING=1');
  }
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}
