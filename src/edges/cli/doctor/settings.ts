/**
 * Every setting that holds here, for the daemon and for the commands, with who said it. What a secret is, is never
 * shown; nor what a file names as one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonFlags } from '../../../daemon/configuration.ts';
import { formatDuration, formatSize } from '../../../policy/quantity.ts';
import { daemonAddress } from '../connection.ts';
import { type ClientFlags, type ClientSettings, clientSettings, type Setting } from '../settings.ts';

export interface ShownSetting {
  readonly name: string;
  readonly value: string;
  /** A flag, a variable, a place in the settings file, or `default`. */
  readonly from: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface EffectiveSettings {
  readonly shown: readonly ShownSetting[];
  /** What is wrong with the settings file; nothing of it holds then. */
  readonly problem: string | undefined;
}

export async function effectiveSettings(flags: ClientFlags, env: Environment): Promise<EffectiveSettings> {
  try {
    const client = await clientSettings(flags, env);
    const file = client.config && (await readWhole(client.config.value));
    return { shown: [...ofDaemon(client, file, env), ...ofClient(client)], problem: undefined };
  } catch (error) {
    const { config, ...unread } = flags;
    const client = await clientSettings(unread, { ...env, PENSTOCK_CONFIG: undefined });
    const shown = [...ofDaemon(client, undefined, env), ...ofClient(client)];
    return { shown, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** As the daemon reads it, so that what it would refuse is told here. @throws DaemonError */
async function readWhole(path: string): Promise<WholeFile> {
  const { readConfigurationFile } = await import('../../../daemon/configuration.ts');
  const { parse } = await import('yaml');
  const read = readConfigurationFile(path) as Record<string, unknown>;
  const written = leaves('', parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 }) ?? {});
  return { read, written: new Map(written.map(({ name, value }) => [name, value])) };
}

/** As it is understood, with what was left out; and each value as it was written, by its place. */
interface WholeFile {
  readonly read: Record<string, unknown>;
  readonly written: ReadonlyMap<string, string>;
}

const DEFAULT_LISTEN = '127.0.0.1:8731';
/** Written above, where they have flags or variables of their own. */
const TOLD: readonly string[] = ['policy', 'stateDir', 'listen', 'client'] satisfies (
  | keyof DaemonFlags
  | 'client'
)[];
const DEFAULTS: Readonly<Record<string, string>> = {
  boot: 'open',
  tableOwner: 'false',
  markMask: '0xf0000000',
};

function ofDaemon(
  { config, stateDir }: ClientSettings,
  file: WholeFile | undefined,
  env: Environment,
): ShownSetting[] {
  const inFile = (name: string) => ({ value: file?.read[name], from: `${name} in ${config?.value}` });
  const setting = (name: string, variable: string, otherwise: string): ShownSetting => {
    const all = [{ value: env[variable], from: variable }, inFile(name)];
    const found = all.find(({ value }) => typeof value === 'string' && value !== '');
    return { name, value: String(found?.value ?? otherwise), from: found?.from ?? 'default' };
  };
  const others = Object.entries({ ...DEFAULTS, ...file?.read }).filter(
    ([name, value]) => !TOLD.includes(name) && value !== undefined,
  );
  return [
    { name: 'config', ...(config ?? { value: 'none', from: 'default' }) },
    setting('policy', 'PENSTOCK_POLICY', 'none'),
    { name: 'stateDir', ...stateDir },
    setting('listen', 'PENSTOCK_LISTEN', DEFAULT_LISTEN),
    ...others.flatMap(([name, value]) =>
      leaves(name, value).map((leaf) => {
        const written = file?.written.get(leaf.name);
        if (written === undefined) return { ...leaf, value: withUnit(leaf), from: 'default' };
        return { ...leaf, value: written, from: `${leaf.name} in ${config?.value}` };
      }),
    ),
  ];
}

function ofClient(client: ClientSettings): ShownSetting[] {
  const { token, tokenFile, caFile, certFile, keyFile, stateDir } = client;
  const secret = token && { value: 'given, not shown', from: token.from };
  const left = { value: join(stateDir.value, 'admin.token'), from: 'default' };
  const named = Object.entries({ caFile, certFile, keyFile }).flatMap(([name, setting]) =>
    setting ? [{ name: `client.${name}`, ...setting }] : [],
  );
  return [
    { name: 'client.url', ...urlOf(client) },
    { name: 'client.token', ...(secret ?? tokenFile ?? left) },
    ...named,
  ];
}

/** What the daemon left in its state directory too; of what cannot be used, what was given. */
function urlOf(client: ClientSettings): Setting {
  try {
    const { value, from } = daemonAddress(client);
    return { value: withoutSecrets(value), from };
  } catch {
    const { value, from } = client.url ?? {
      value: 'cannot be read',
      from: join(client.stateDir.value, 'url'),
    };
    return { value: withoutSecrets(value), from };
  }
}

/** `alerts.sinks[0].url`: each value of a tree by its place. */
function leaves(name: string, value: unknown): { name: string; value: string }[] {
  if (Array.isArray(value)) return value.flatMap((each, i) => leaves(`${name}[${i}]`, each));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .flatMap(([key, each]) => leaves(name === '' ? key : `${name}.${key}`, each));
  return [{ name, value: SECRET.test(name) ? 'given, not shown' : withoutSecrets(String(value)) }];
}

/** Durations and sizes that were not written are numbers. */
function withUnit({ name, value }: { name: string; value: string }): string {
  if (/^history\.keep\./.test(name)) return formatDuration(Number(value));
  return name.endsWith('.maxSize') ? formatSize(Number(value)) : value;
}

/** But for the names of files that hold them. */
const SECRET = /(secret|token|password|passphrase|authorization|key)$/i;

/** One of the daemon, in the place of something else. */
const TOKEN = /pst_[\w-]{43}/g;

/** Of a URL only what cannot be one: many a webhook's path is its password. */
function withoutSecrets(text: string): string {
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  if (url === null) return text.replace(TOKEN, 'a token, not shown');
  return `${url.origin}${url.pathname === '/' && url.search === '' ? '' : '/…'}`;
}
