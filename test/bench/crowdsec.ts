/**
 * CrowdSec and its firewall bouncer on a network's gateway, with a configuration and a database of their own: no hub, no
 * central API, the local API on the namespace's loopback.
 *
 *   line in the log --> parser --> scenario --> decision in the local API <-- asked every 10 s -- bouncer --> nftables
 *
 * All that has to do with time is as Debian installs it (/etc/crowdsec, `update_frequency: 10s`).
 */
import type { ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';

const PATIENCE = { timeoutMs: 30_000, everyMs: 200 };
const API = '127.0.0.1:8080';
const KEY = 'benchmark';

export class CrowdSec {
  readonly #folder = mkdtempSync(join(tmpdir(), 'penstock-crowdsec-'));
  readonly #network: Network;

  private constructor(network: Network) {
    this.#network = network;
    for (const [name, text] of Object.entries(this.#files())) {
      mkdirSync(join(this.#folder, name, '..'), { recursive: true });
      writeFileSync(join(this.#folder, name), text);
    }
    symlinkSync('/etc/crowdsec/patterns', this.#at('patterns'));
  }

  /** It reads the log, and the bouncer has made its sets. */
  static async start(network: Network): Promise<CrowdSec> {
    const made = new CrowdSec(network);
    // Adding a machine or a bouncer needs the database alone.
    made.#cscli('machines', 'add', 'bench', '--password', KEY, '--file', made.#at('credentials.yaml'));
    made.#cscli('bouncers', 'add', 'bench', '--key', KEY);
    const start = (command: string, configuration: string) =>
      network.start('gateway', command, ['-c', made.#at(configuration)], { stdio: 'ignore' });
    const crowdsec = start('crowdsec', 'config.yaml');
    await until('CrowdSec to read the log', () => made.#reads(crowdsec), PATIENCE);
    start('crowdsec-firewall-bouncer', 'bouncer.yaml');
    const set = ['list', 'set', 'ip', 'crowdsec', 'crowdsec-blacklists'];
    await until('the bouncer', () => network.run('gateway', 'nft', set).status === 0, PATIENCE);
    return made;
  }

  /** A line `refused ADDRESS` is an offence. */
  get log(): string {
    return this.#at('doors.log');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Nobody says so but its log, and that it has opened ours. */
  #reads({ pid, exitCode }: ChildProcess): boolean {
    const said = () => readFileSync(this.#at('crowdsec.log'), 'utf8');
    if (exitCode !== null) throw new Error(`crowdsec ended:\n${said()}`);
    const fds = `/proc/${pid}/fd`;
    return readdirSync(fds).some((fd) => targetOf(join(fds, fd)) === this.log);
  }

  #cscli(...args: string[]): void {
    const { status, stderr } = this.#network.run('gateway', 'cscli', [
      '-c',
      this.#at('config.yaml'),
      ...args,
    ]);
    if (status !== 0) throw new Error(`cscli ${args.join(' ')}: ${stderr}`);
  }

  #at(name: string): string {
    return join(this.#folder, name);
  }

  #files(): Record<string, string> {
    const at = (name: string) => this.#at(name);
    return {
      'doors.log': '',
      'data/.keep': '',
      'hub/.index.json': '{"collections":{},"parsers":{},"postoverflows":{},"scenarios":{}}',
      'notifications/.keep': '',
      'plugins/.keep': '',
      'simulation.yaml': 'simulation: false\n',
      'credentials.yaml': '',
      'acquis.yaml': `filenames: [${at('doors.log')}]\nlabels: {type: doors}\n`,
      'parsers/s00-raw/raw.yaml':
        "name: bench/raw\nonsuccess: next_stage\nfilter: evt.Line.Labels.type == 'doors'\nstatics:\n  - {parsed: message, expression: evt.Line.Raw}\n",
      'parsers/s01-parse/doors.yaml':
        "name: bench/doors\nonsuccess: next_stage\nfilter: evt.Line.Labels.type == 'doors'\ngrok:\n  pattern: '^refused %{IP:source_ip}$'\n  apply_on: message\nstatics:\n  - {meta: log_type, value: refused}\n  - {meta: source_ip, expression: evt.Parsed.source_ip}\n",
      'scenarios/doors.yaml':
        "type: trigger\nname: bench/doors\ndescription: refused\nfilter: evt.Meta.log_type == 'refused'\ngroupby: evt.Meta.source_ip\nlabels: {remediation: true}\n",
      'profiles.yaml':
        'name: ban\nfilters: [Alert.Remediation == true && Alert.GetScope() == "Ip"]\ndecisions: [{type: ban, duration: 4h}]\non_success: break\n',
      'config.yaml': `
common: {daemonize: false, log_media: file, log_level: info, log_dir: ${this.#folder}, working_dir: ${this.#folder}}
config_paths:
  config_dir: ${this.#folder}
  data_dir: ${at('data')}
  simulation_path: ${at('simulation.yaml')}
  hub_dir: ${at('hub')}
  index_path: ${at('hub/.index.json')}
  notification_dir: ${at('notifications')}
  plugin_dir: ${at('plugins')}
crowdsec_service: {acquisition_path: ${at('acquis.yaml')}, parser_routines: 1}
db_config: {type: sqlite, db_path: ${at('data/crowdsec.db')}, use_wal: true}
api:
  client: {credentials_path: ${at('credentials.yaml')}}
  server: {listen_uri: "${API}", profiles_path: ${at('profiles.yaml')}}
prometheus: {enabled: false}
`,
      'bouncer.yaml': `
mode: nftables
pid_dir: ${this.#folder}
update_frequency: 10s
daemonize: false
log_mode: file
log_dir: ${this.#folder}
log_level: info
api_url: http://${API}/
api_key: ${KEY}
disable_ipv6: false
deny_action: DROP
supported_decisions_types: [ban]
blacklists_ipv4: crowdsec-blacklists
blacklists_ipv6: crowdsec6-blacklists
nftables:
  ipv4: {enabled: true, set-only: false, table: crowdsec, chain: crowdsec-chain}
  ipv6: {enabled: true, set-only: false, table: crowdsec6, chain: crowdsec6-chain}
`,
    };
  }
}

/** Undefined when it is gone. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
