/**
 * How a command finds the daemon. Flags win over environment over file over what the daemon left over defaults:
 *
 *   what              flag         environment                     file
 *   settings file     --config     PENSTOCK_CONFIG
 *   state directory   --state-dir  PENSTOCK_STATE_DIR              stateDir
 *   address           --url        PENSTOCK_URL                    client.url          else DIR/url
 *   token                          PENSTOCK_TOKEN, .._TOKEN_FILE   client.tokenFile    else DIR/admin.token
 *   TLS authority                  PENSTOCK_CA_FILE                client.caFile
 *   TLS certificate                PENSTOCK_CERT_FILE, .._KEY_FILE client.certFile, client.keyFile
 *
 * A token is never taken from a flag: other users of the machine see the arguments of a process.
 */
import type { ClientFile } from '../../daemon/client-file.ts';
import { CommandError } from './errors.ts';

export const DEFAULT_STATE_DIR = '/var/lib/penstock';

export interface ClientFlags {
  readonly stateDir?: string;
  readonly url?: string;
  readonly config?: string;
}

/** A value and who said it: `--url`, `PENSTOCK_URL`, `client.url in FILE`, `default`. */
export interface Setting {
  readonly value: string;
  readonly from: string;
}

export interface ClientSettings {
  readonly config: Setting | undefined;
  readonly stateDir: Setting;
  /** Undefined: what the daemon left in its state directory. */
  readonly url: Setting | undefined;
  readonly token: Setting | undefined;
  readonly tokenFile: Setting | undefined;
  readonly caFile: Setting | undefined;
  readonly certFile: Setting | undefined;
  readonly keyFile: Setting | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws CommandError for a settings file that is wrong */
export async function clientSettings(flags: ClientFlags, env: Environment): Promise<ClientSettings> {
  const config = first(given(flags.config, '--config'), given(env.PENSTOCK_CONFIG, 'PENSTOCK_CONFIG'));
  const file = config && (await readFile(config.value));
  const inFile = (value: string | undefined, name: string) => given(value, `${name} in ${config?.value}`);
  const path = (variable: string, name: keyof ClientFile) =>
    first(given(env[variable], variable), inFile(file?.client[name], `client.${name}`));
  return {
    config,
    stateDir: first(
      given(flags.stateDir, '--state-dir'),
      given(env.PENSTOCK_STATE_DIR, 'PENSTOCK_STATE_DIR'),
      inFile(file?.stateDir, 'stateDir'),
    ) ?? { value: DEFAULT_STATE_DIR, from: 'default' },
    url: first(
      given(flags.url, '--url'),
      given(env.PENSTOCK_URL, 'PENSTOCK_URL'),
      inFile(file?.client.url, 'client.url'),
    ),
    token: given(env.PENSTOCK_TOKEN, 'PENSTOCK_TOKEN'),
    tokenFile: path('PENSTOCK_TOKEN_FILE', 'tokenFile'),
    caFile: path('PENSTOCK_CA_FILE', 'caFile'),
    certFile: path('PENSTOCK_CERT_FILE', 'certFile'),
    keyFile: path('PENSTOCK_KEY_FILE', 'keyFile'),
  };
}

/** Loaded only where a file is named: it brings YAML with it. @throws CommandError */
async function readFile(path: string) {
  const { readClientFile } = await import('../../daemon/client-file.ts');
  try {
    return readClientFile(path);
  } catch (cause) {
    const [what = '', ...more] = (cause as Error).message.split('\n').filter((line) => line.trim() !== '');
    throw new CommandError('bad-settings', 2, what, { cause, details: more });
  }
}

/** An empty variable is none. */
function given(value: string | undefined, from: string): Setting | undefined {
  return value === undefined || value === '' ? undefined : { value, from };
}

function first(...settings: readonly (Setting | undefined)[]): Setting | undefined {
  return settings.find((each) => each !== undefined);
}
