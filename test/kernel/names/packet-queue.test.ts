/** Real packets through a real queue, with whichever rule this kernel has for it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { addQueueTarget, Nftables, SetElements } from 'node-nftables';
import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { DnsTable } from '../../../src/enforcement/names/dns-table.ts';
import { readSegment } from '../../../src/names/packet.ts';
import { NF_ACCEPT, NF_DROP, NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT } from '../../../src/names/queue/message.ts';
import { PacketQueue } from '../../../src/names/queue/packet-queue.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { until } from '../../network/waiting.ts';

const QUEUE = 4372;
const RESOLVERS = ['192.0.2.53/32', '2001:db8::53/128'].map(parsePrefix);

function withAddresses(): ThreadNamespace {
  const namespace = new ThreadNamespace();
  for (const address of ['192.0.2.1/32', '192.0.2.53/32', '2001:db8::1/128', '2001:db8::53/128'])
    namespace.run('ip', 'address', 'add', address, 'dev', 'lo', ...(address.includes(':') ? ['nodad'] : []));
  return namespace;
}

/** An echo server on port 53 of an address, and what a client gets back. */
async function echo(address: string) {
  const kind = address.includes(':') ? 'udp6' : 'udp4';
  const server = createSocket(kind);
  server.on('message', (bytes, from) => server.send(bytes, from.port, from.address));
  server.bind(53, address);
  await once(server, 'listening');
  const client = createSocket(kind);
  client.bind(0, address.replace('53', '1'));
  await once(client, 'listening');
  const received: string[] = [];
  client.on('message', (bytes) => received.push(bytes.toString()));
  return {
    received,
    port: client.address().port,
    ask: (text: string) => new Promise((sent) => client.send(text, 53, address, sent)),
    [Symbol.dispose]() {
      server.close();
      client.close();
    },
  };
}

function table(): DnsTable & Disposable {
  const nft = Nftables.open();
  const elements = SetElements.open();
  return Object.assign(new DnsTable(nft, elements, addQueueTarget), {
    [Symbol.dispose]() {
      nft.close();
      elements.close();
    },
  });
}

describe.each(['192.0.2.53', '2001:db8::53'])('DNS with %s', (address) => {
  it('comes to the queue in both directions and at both hooks, and goes on when it is accepted', async () => {
    using _ = withAddresses();
    using dns = table();
    dns.install({ resolvers: RESOLVERS, queue: { queue: QUEUE, bypass: false } });
    using queue = PacketQueue.open({ queue: QUEUE, failOpen: false });
    using talk = await echo(address);
    await talk.ask('hello');
    const seen: { hook: number; text: string; port: number }[] = [];
    await until('the answer', () => {
      queue.drain(({ hook, payload, inDevice, outDevice }) => {
        const segment = readSegment(payload);
        expect([inDevice, outDevice].filter((device) => device > 0)).toEqual([1]);
        seen.push({
          hook,
          text: Buffer.from(segment?.data ?? []).toString(),
          port: segment?.sourcePort ?? 0,
        });
        return NF_ACCEPT;
      }, 100);
      return talk.received.length > 0;
    });
    expect(talk.received).toEqual(['hello']);
    expect(seen).toEqual([
      { hook: NF_INET_LOCAL_OUT, text: 'hello', port: talk.port },
      { hook: NF_INET_LOCAL_IN, text: 'hello', port: talk.port },
      { hook: NF_INET_LOCAL_OUT, text: 'hello', port: 53 },
      { hook: NF_INET_LOCAL_IN, text: 'hello', port: 53 },
    ]);
  });
});

describe('a queue', () => {
  it('drops what is judged so', async () => {
    using _ = withAddresses();
    using dns = table();
    dns.install({ resolvers: RESOLVERS, queue: { queue: QUEUE, bypass: false } });
    using queue = PacketQueue.open({ queue: QUEUE, failOpen: false });
    using talk = await echo('192.0.2.53');
    const judge = ({ payload }: { payload: Uint8Array }) =>
      Buffer.from(payload).includes('bad') ? NF_DROP : NF_ACCEPT;
    await talk.ask('bad');
    await talk.ask('good');
    await until('the answer', () => queue.drain(judge, 100) && talk.received.length > 0);
    expect(talk.received).toEqual(['good']);
  });

  it.each([
    ['lets DNS pass when nobody reads it', true, ['now']],
    ['holds DNS back when nobody reads it', false, []],
  ])('%s', async (_, bypass, expected) => {
    using _namespace = withAddresses();
    using dns = table();
    dns.install({ resolvers: RESOLVERS, queue: { queue: QUEUE, bypass } });
    using talk = await echo('192.0.2.53');
    PacketQueue.open({ queue: QUEUE, failOpen: bypass }).close();
    await talk.ask('now');
    if (bypass) await until('the answer', () => talk.received.length > 0);
    else {
      // A later packet that comes shows that the first one does not.
      dns.remove();
      await talk.ask('later');
      await until('the later answer', () => talk.received.includes('later'));
    }
    expect(talk.received.filter((text) => text !== 'later')).toEqual(expected);
  });

  it('of another socket is refused', () => {
    using _ = withAddresses();
    using _first = PacketQueue.open({ queue: QUEUE, failOpen: true });
    expect(() => PacketQueue.open({ queue: QUEUE, failOpen: true })).toThrow(
      expect.objectContaining({ code: 'EPERM' }),
    );
  });

  it('leaves other DNS alone', async () => {
    using _ = withAddresses();
    using dns = table();
    dns.install({ resolvers: RESOLVERS.slice(1), queue: { queue: QUEUE, bypass: false } });
    using talk = await echo('192.0.2.53');
    await talk.ask('free');
    await until('the answer', () => talk.received.length > 0);
  });
});

const HARM = [
  ['flush ruleset', 'is missing'],
  ['flush chain inet penstock_names dns', 'has other rules'],
  ['insert rule inet penstock_names forward accept', 'has other rules'],
  ['flush set inet penstock_names resolver4', 'has other rules'],
] as const;

describe('the table for DNS', () => {
  it('says whether it stands, and goes', () => {
    using namespace = withAddresses();
    using dns = table();
    expect(dns.difference()).toBeDefined();
    dns.install({ resolvers: RESOLVERS, queue: { queue: QUEUE, bypass: true } });
    expect(dns.difference()).toBeUndefined();
    for (const [harm, words] of HARM) {
      namespace.run('nft', harm);
      expect([harm, dns.difference()]).toEqual([harm, `table inet penstock_names ${words}`]);
      dns.install({ resolvers: RESOLVERS, queue: { queue: QUEUE, bypass: true } });
      expect(dns.difference()).toBeUndefined();
    }
    namespace.run('nft', 'add table ip theirs');
    expect(dns.difference()).toBeUndefined();
    namespace.run('nft', 'delete table ip theirs');
    dns.install({ resolvers: [], queue: { queue: QUEUE, bypass: true } });
    dns.remove();
    expect(namespace.run('nft', 'list', 'tables')).toBe('');
  });
});
