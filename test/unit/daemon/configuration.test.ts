import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configure } from '../../../src/daemon/configuration.ts';
import { DaemonError } from '../../../src/daemon/errors.ts';

describe('configure', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'penstock-config-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (text: string, name = 'penstock.yaml') => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('needs nothing', () => {
    expect(configure({}, {})).toMatchObject({
      policy: undefined,
      stateDir: '/var/lib/penstock',
      listen: { host: '127.0.0.1', port: 8731 },
      api: {
        ...{ tls: undefined, socket: undefined, hostNames: [], oidc: undefined },
        rates: { reads: 12_000, changes: 3_000, failures: 30 },
      },
      boot: 'open',
      tableOwner: false,
      markMask: 0xf0000000,
      bootIdPath: '/proc/sys/kernel/random/boot_id',
      alerts: { sinks: [] },
      path: undefined,
    });
  });

  it('takes flags over environment over file, setting by setting', () => {
    const config = write('policy: /file/p.yaml\nstateDir: /file/state\nlisten: 127.0.0.3:3\n');
    const environment = { PENSTOCK_POLICY: '/environment/p.yaml', PENSTOCK_STATE_DIR: '/environment/state' };
    expect(configure({ config, policy: '/flag/p.yaml' }, environment)).toMatchObject({
      policy: '/flag/p.yaml',
      stateDir: '/environment/state',
      listen: { host: '127.0.0.3', port: 3 },
    });
    expect(configure({ listen: '127.0.0.1:1' }, { PENSTOCK_LISTEN: '127.0.0.2:2' }).listen).toMatchObject({
      port: 1,
    });
  });

  it('takes what holds at boot, and whether the table has an owner, from the file', () => {
    const config = write('boot: closed\ntableOwner: true\nmarkMask: 0x0f000000\n');
    expect(configure({ config }, {})).toMatchObject({
      ...{ boot: 'closed', tableOwner: true },
      markMask: 0x0f000000,
    });
    expect(configure({ config: write('markMask: "0x3c"\n') }, {}).markMask).toBe(0x3c);
    for (const [text, wrong] of [
      ['boot: ajar\n', /boot: 'open' or 'closed'/],
      ['tableOwner: me\n', /tableOwner: true or false/],
      ['markMask: 0xff\n', /markMask: four bits next to each other/],
      ['markMask: "0x1e0000000"\n', /markMask: four bits next to each other/],
      ['markMask: 0\n', /markMask: four bits next to each other/],
    ] as const)
      expect(() => configure({ config: write(text) }, {})).toThrow(wrong);
  });

  it('finds its file by flag before environment', () => {
    const [flag, environment] = [
      write('listen: 127.0.0.1:1', 'a.yaml'),
      write('listen: 127.0.0.1:2', 'b.yaml'),
    ];
    expect(configure({ config: flag }, { PENSTOCK_CONFIG: environment }).listen).toMatchObject({ port: 1 });
    expect(configure({}, { PENSTOCK_CONFIG: environment }).listen).toMatchObject({ port: 2 });
  });

  it('takes paths in the file as beside it, and others as beside the caller', () => {
    const config = write('policy: policies/p.yaml\nstateDir: state\n');
    expect(configure({ config }, {})).toMatchObject({
      policy: join(folder, 'policies/p.yaml'),
      stateDir: join(folder, 'state'),
    });
    expect(configure({ policy: 'p.yaml' }, {}).policy).toBe(join(process.cwd(), 'p.yaml'));
  });

  it('takes many sinks of alerts, and the webhook as it was written before there were many', () => {
    const config = write(`alerts:
  webhook: {url: "https://a.example/x", secretFile: hook.secret}
  sinks:
    - {type: journal, minSeverity: high}
    - {type: webhook, name: night, url: "https://b.example", events: [incident.*]}
`);
    const { alerts, path } = configure({ config }, {});
    expect(path).toBe(config);
    expect(alerts.sinks).toEqual([
      { type: 'journal', minSeverity: 'high', protocol: 'stderr' },
      {
        type: 'webhook',
        name: 'night',
        minSeverity: 'low',
        url: 'https://b.example',
        events: ['incident.*'],
      },
      { type: 'webhook', minSeverity: 'low', url: 'https://a.example/x', secretFile: 'hook.secret' },
    ]);
  });

  it('takes an empty file for none', () => {
    expect(configure({ config: write('# nothing yet\n') }, {}).stateDir).toBe('/var/lib/penstock');
  });

  it.each<[string, string, RegExp]>([
    ['an unknown key', 'polciy: x', /penstock\.yaml: \(top\): .*polciy/],
    [
      'an unknown key inside',
      'alerts: {webhook: {url: "https://a.example", secret: x}}',
      /alerts\.webhook: .*secret/,
    ],
    ['a wrong type', 'listen: [1]', /listen: .*string/],
    ['an empty path', 'policy: ""', /policy: /],
    ['another scheme', 'alerts: {webhook: {url: "file:///etc/passwd"}}', /url: an http or https URL/],
    ['a sink of no known type', 'alerts: {sinks: [{type: pigeon}]}', /alerts\.sinks\.0\.type: /],
    ['an event that is no alert', 'alerts: {sinks: [{type: journal, events: [x]}]}', /'x' is no alert/],
    [
      'two sinks of one name',
      'alerts: {sinks: [{type: journal}, {type: journal}]}',
      /alerts\.sinks: 2 sinks are called journal/,
    ],
    ['an address of others in it', 'listen: 0.0.0.0:8731', /not a loopback address/],
    ['aliases', 'policy: &a x\nstateDir: *a', /alias/i],
    ['no YAML', '{', /penstock\.yaml: /],
    ['a list', '- policy', /penstock\.yaml: \(top\): /],
  ])('refuses %s, and says where', (_, text, message) => {
    const config = write(text);
    expect(() => configure({ config }, {})).toThrow(message);
    expect(() => configure({ config }, {})).toThrow(DaemonError);
  });

  it('refuses a file that is not there: bad input, exit 2', () => {
    const missing = () => configure({ config: join(folder, 'no.yaml') }, {});
    expect(missing).toThrow(expect.objectContaining({ code: 'PENSTOCK_CONFIG_INVALID', exitCode: 2 }));
  });
});
