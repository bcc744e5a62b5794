/** The sinks of alerts as the configuration asks for them. */
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
    return openSinks(settings, { path, stderr: process.stderr });
  } catch (cause) {
    throw new DaemonError('PENSTOCK_CONFIG_INVALID', (cause as Error).message, 2, { cause });
  }
}
