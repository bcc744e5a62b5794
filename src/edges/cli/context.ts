/** What every command has at hand. */
import type { Client } from 'penstock-client';
import { type DaemonClient, openClient } from './client.ts';
import { findDaemon } from './connection.ts';
import { Screen } from './screen.ts';
import { type ClientFlags, type ClientSettings, clientSettings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

export interface GlobalOptions extends ClientFlags {
  readonly json?: boolean;
  /** False with --no-color. */
  readonly color?: boolean;
}

export class Context {
  readonly screen: Screen;
  readonly around: Surroundings;
  readonly flags: ClientFlags;
  #settings: Promise<ClientSettings> | undefined;
  #daemon: Promise<DaemonClient> | undefined;

  constructor(around: Surroundings, { json = false, color, ...flags }: GlobalOptions, screen?: Screen) {
    this.around = around;
    this.flags = flags;
    this.screen = screen ?? new Screen(around, { json, ...(color === false && { colour: false }) });
  }

  get settings(): Promise<ClientSettings> {
    this.#settings ??= clientSettings(this.flags, this.around.env);
    return this.#settings;
  }

  async stateDir(): Promise<string> {
    return (await this.settings).stateDir.value;
  }

  /** Looks for the daemon when it is first asked for. @throws CommandError when there is no way to it */
  daemon(): Promise<DaemonClient> {
    this.#daemon ??= this.settings.then((settings) => openClient(findDaemon(settings), this.around.env));
    return this.#daemon;
  }

  /** As `daemon`, but looks anew: after it was started again it may listen elsewhere. */
  daemonAgain(): Promise<DaemonClient> {
    this.#daemon = undefined;
    return this.daemon();
  }

  async api(): Promise<Client> {
    return (await this.daemon()).api;
  }
}
