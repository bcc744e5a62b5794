/**
 * The daemon's settings: flags win over environment over file over defaults. The file is YAML:
 *
 *   policy: /etc/penstock/policy.yaml
 *   stateDir: /var/lib/penstock
 *   listen: 127.0.0.1:8731
 *   tls: {certFile: api.crt, keyFile: api.key}   # and more of who may come in, see api-settings.ts
 *   boot: open
 *   tableOwner: false
 *   markMask: 0xf0000000   # four bits of the connection mark that nobody else uses
 *   alerts:
 *     sinks:
 *       - {type: syslog, name: soc, address: "siem.example:6514", transport: tls, caFile: /etc/penstock/siem-ca.pem}
 *       - {type: webhook, url: "https://alerts.example/penstock", secretFile: /etc/penstock/webhook.secret}
 *   history: {keep: {minute: 36h, hour: 35d, day: 400d}, maxSize: 1GiB}
 *   reports: {every: week, keep: 12, directory: /var/lib/penstock/reports}
 *   geo: {country: /usr/share/GeoIP/country.mmdb, as: /usr/share/GeoIP/asn.mmdb}
 *   client: {url: "unix:/run/penstock/api.sock", tokenFile: /root/penstock.token}   # for the commands
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type AlertSettings, alertSettings } from '../edges/alerts/sinks.ts';
import { geographySettings, type HistorySettings, historySettings } from '../edges/history/settings.ts';
import { type ReportSettings, reportSettings } from '../edges/report/settings.ts';
import { DEFAULT_MARK_MASK, isMarkMask } from '../enforcement/ruleset/generation.ts';
import { type ApiSettings, apiFile, apiSettings } from './api-settings.ts';
import { clientFile } from './client-file.ts';
import { invalidConfiguration } from './errors.ts';
import { DEFAULT_LISTEN, type ListenAddress, parseListen } from './listen-address.ts';

const FOUR_BITS = 'four bits next to each other, such as 0xf0000000';
const markMask = z
  .union([z.number(), z.string().regex(/^0x[0-9a-f]{1,8}$/i, { error: FOUR_BITS })], { error: FOUR_BITS })
  .transform(Number)
  .refine((mask) => isMarkMask(mask), { error: FOUR_BITS });

const file = z.strictObject({
  policy: z.string().min(1).optional(),
  stateDir: z.string().min(1).optional(),
  listen: z.string().min(1).optional(),
  /** What holds from a boot until the daemon runs; see enforcement/boot-elements.ts. */
  boot: z.enum(['open', 'closed'], { error: "'open' or 'closed'" }).optional(),
  /** Other programs may only read table inet penstock. */
  tableOwner: z.boolean({ error: 'true or false' }).optional(),
  /** Bits of the connection mark that are ours; see enforcement/ruleset/generation.ts. */
  markMask: markMask.optional(),
  /** Where alerts go besides standard error; see edges/alerts/sinks.ts. */
  alerts: alertSettings.optional(),
  /** How much is kept of who sent what to whom; see edges/history/settings.ts. */
  history: historySettings.prefault({}),
  /** Databases of countries and autonomous systems. */
  geo: geographySettings.prefault({}),
  /** Reports that come by themselves; see edges/report/settings.ts. */
  reports: reportSettings.optional(),
  client: clientFile.optional(),
  ...apiFile,
});

type ConfigurationFile = z.infer<typeof file>;

export interface DaemonFlags {
  policy?: string;
  stateDir?: string;
  listen?: string;
  config?: string;
}

export interface Configuration {
  /** Absolute path; absent when no policy file was named. */
  policy: string | undefined;
  stateDir: string;
  listen: ListenAddress;
  api: ApiSettings;
  boot: 'open' | 'closed';
  tableOwner: boolean;
  markMask: number;
  /** Where the kernel says which boot this is. In a container without a boot id of its own, another file that tells. */
  bootIdPath: string;
  alerts: AlertSettings;
  history: HistorySettings;
  geo: z.output<typeof geographySettings>;
  reports: ReportSettings | undefined;
  /** The file that it was read from; what it names is beside it. */
  path: string | undefined;
}

export const DEFAULT_STATE_DIR = '/var/lib/penstock';
/** random(4) */
const BOOT_ID_PATH = '/proc/sys/kernel/random/boot_id';

/** @throws DaemonError PENSTOCK_CONFIG_INVALID, naming the file and field and what would be right */
export function configure(flags: DaemonFlags, environment: NodeJS.ProcessEnv): Configuration {
  const path = flags.config ?? environment.PENSTOCK_CONFIG;
  const settings: Partial<ConfigurationFile> = path === undefined ? {} : readConfigurationFile(path);
  const api = apiSettings(settings, dirname(resolve(path ?? '.')));
  const listen = flags.listen ?? environment.PENSTOCK_LISTEN ?? settings.listen ?? DEFAULT_LISTEN;
  const policy = flags.policy ?? environment.PENSTOCK_POLICY ?? settings.policy;
  if (api.tls && listen.startsWith('unix:')) {
    throw invalidConfiguration(
      'tls: has no meaning on a Unix socket; set socket.path beside listen: ADDRESS:PORT',
    );
  }
  return {
    policy: policy === undefined ? undefined : resolve(policy),
    stateDir: resolve(
      flags.stateDir ?? environment.PENSTOCK_STATE_DIR ?? settings.stateDir ?? DEFAULT_STATE_DIR,
    ),
    listen: parseListen(listen, { tls: api.tls !== undefined }),
    api,
    bootIdPath: resolve(environment.PENSTOCK_BOOT_ID_PATH ?? BOOT_ID_PATH),
    boot: settings.boot ?? 'open',
    tableOwner: settings.tableOwner ?? false,
    markMask: settings.markMask ?? DEFAULT_MARK_MASK,
    alerts: settings.alerts ?? { sinks: [] },
    history: settings.history ?? historySettings.parse({}),
    geo: settings.geo ?? {},
    reports: settings.reports,
    path: path && resolve(path),
  };
}

/** Relative paths in the file are relative to the file. @throws DaemonError PENSTOCK_CONFIG_INVALID */
export function readConfigurationFile(path: string): ConfigurationFile {
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 }) ?? {};
  } catch (cause) {
    throw invalidConfiguration(`${path}: ${(cause as Error).message}`, cause);
  }
  const parsed = file.safeParse(document);
  if (!parsed.success) {
    throw invalidConfiguration(
      parsed.error.issues.map((i) => `${path}: ${i.path.join('.') || '(top)'}: ${i.message}`).join('\n'),
    );
  }
  const beside = (name: string | undefined) =>
    name === undefined ? undefined : resolve(dirname(path), name);
  const settings = parsed.data;
  return {
    ...settings,
    policy: beside(settings.policy),
    stateDir: beside(settings.stateDir),
  };
}
