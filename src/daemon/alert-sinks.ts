/** The sinks of alerts as the configuration asks for them. */
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Subscription } from '../edges/alerts/sink.ts';
import { type AlertSettings, openSinks } from '../edges/alerts/sinks.ts';
import { DaemonError } from './errors.ts';

/**
 * @param configurationPath what relative paths are beside; undefined: there is no file
 * @throws DaemonError PENSTOCK_CONFIG_INVALID
 */
export function openAlertSinks(
  settings: AlertSettings,
  configurationPath: string | undefined,
): readonly Subscription[] {
  const path = (name: string) => resolve(dirname(configurationPath ?? '.'), name);
  try {
    const sender = { hostname: hostname(), publicUrl: settings.publicUrl?.replace(/\/+$/, '') ?? null };
    return openSinks(settings, { path, stderr: process.stderr, sender });
  } catch (cause) {
    throw new DaemonError('PENSTOCK_CONFIG_INVALID', (cause as Error).message, 2, { cause });
  }
}
