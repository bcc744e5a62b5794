import {
  AttributeCursor,
  beginNetfilter,
  MessageWriter,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  NetlinkClient,
  NetlinkError,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  NLM_F_REQUEST,
  netfilterType,
} from 'node-netlink';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ThreadNamespace } from '../../namespaces/thread.ts';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFINFOMSG_BYTES = 16;
const IFLA_IFNAME = 3;
const IFLA_LINKINFO = 18;
const IFLA_INFO_KIND = 1;
const NFT_MSG_NEWTABLE = 0;
const NFT_MSG_GETTABLE = 1;
const NFPROTO_INET = 1;

let namespace: ThreadNamespace;
beforeAll(() => {
  namespace = new ThreadNamespace();
});
afterAll(() => namespace[Symbol.dispose]());

function addLink(name: string, kind: string) {
  return (writer: MessageWriter) => {
    writer.begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    writer.reserve(IFINFOMSG_BYTES);
    writer.string(IFLA_IFNAME, name);
    writer.beginNested(IFLA_LINKINFO);
    writer.string(IFLA_INFO_KIND, kind);
    writer.endNested();
    writer.end();
  };
}

function dumpLinks(writer: MessageWriter): void {
  writer.begin(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP);
  writer.reserve(IFINFOMSG_BYTES);
  writer.end();
}

function linkNames(client: NetlinkClient): string[] {
  const names: string[] = [];
  const attributes = new AttributeCursor();
  client.dump('list links', dumpLinks, (message) => {
    attributes.enter(message.view, message.start + IFINFOMSG_BYTES, message.end);
    while (attributes.next()) if (attributes.type === IFLA_IFNAME) names.push(attributes.string());
  });
  return names;
}

function addTables(tables: { name: string; flags?: number }[], lastFlags = NLM_F_ACK) {
  return (writer: MessageWriter) => {
    beginNetfilter(writer, NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
    writer.end();
    for (const [i, { name, flags = NLM_F_CREATE }] of tables.entries()) {
      const last = i === tables.length - 1 ? lastFlags : 0;
      const type = netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWTABLE);
      beginNetfilter(writer, type, NLM_F_REQUEST | flags | last, NFPROTO_INET);
      writer.string(1, name);
      writer.end();
    }
    beginNetfilter(writer, NFNL_MSG_BATCH_END, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
    writer.end();
  };
}

function dumpTables(writer: MessageWriter): void {
  const type = netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE);
  beginNetfilter(writer, type, NLM_F_REQUEST | NLM_F_DUMP, NFPROTO_INET);
  writer.end();
}

/** Name of the table, or the errno name of the refusal. */
function getTable(client: NetlinkClient, name: string): string {
  let found = '';
  const build = (writer: MessageWriter) => {
    const type = netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE);
    beginNetfilter(writer, type, NLM_F_REQUEST | NLM_F_ACK, NFPROTO_INET);
    writer.string(1, name);
    writer.end();
  };
  try {
    client.request('get table', build, (message) => {
      const attributes = new AttributeCursor().enter(message.view, message.start + 4, message.end);
      while (attributes.next()) if (attributes.type === 1) found = attributes.string();
    });
  } catch (error) {
    if (error instanceof NetlinkError) return error.code;
    throw error;
  }
  return found;
}

/** What `action` throws. */
function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('request', () => {
  it('is acknowledged, and what it made is there', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_ROUTE });
    client.request('add link', addLink('ps-a', 'bridge'));
    expect(linkNames(client).sort()).toEqual(['lo', 'ps-a']);
  });

  it("fails with the kernel's errno, words and offset", () => {
    using client = NetlinkClient.open({ protocol: NETLINK_ROUTE });
    const error = thrown(() => client.request('add link', addLink('ps-b', 'no-such-kind')));
    expect(error).toBeInstanceOf(NetlinkError);
    expect(error).toMatchObject({
      code: 'EOPNOTSUPP',
      errno: 95,
      operation: 'add link',
      extack: 'Unknown device type',
      message: 'add link: EOPNOTSUPP: Unknown device type',
    });
    using plain = NetlinkClient.open({ protocol: NETLINK_ROUTE, extendedAck: false });
    expect(thrown(() => plain.request('add link', addLink('ps-b', 'no-such-kind')))).toMatchObject({
      code: 'EOPNOTSUPP',
      extack: undefined,
    });
  });

  it('points at the attribute that is wrong', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    let nameAt = 0;
    const error = thrown(() =>
      client.request('get table', (writer) => {
        const type = netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE);
        beginNetfilter(writer, type, NLM_F_REQUEST | NLM_F_ACK, NFPROTO_INET);
        nameAt = writer.length;
        writer.string(1, 'absent');
        writer.end();
      }),
    );
    expect(error).toMatchObject({ code: 'ENOENT', offset: nameAt });
  });

  it('gives up when the kernel does not answer, and the socket stays good', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_ROUTE, timeoutMs: 20 });
    const error = thrown(() =>
      client.request('half a message', (writer) => {
        addLink('ps-c', 'bridge')(writer);
        // The kernel passes over a message that claims to be longer than what was sent.
        writer.view.setUint32(0, writer.length + 16, true);
      }),
    );
    expect(error).toMatchObject({ code: 'NETLINK_TIMEOUT', operation: 'half a message' });
    expect(linkNames(client)).toContain('lo');
  });

  it('refuses to wait for an acknowledgement that nobody asked for', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_ROUTE });
    expect(() => client.request('list links', dumpLinks)).toThrow('list links: no NLM_F_ACK');
  });
});

describe('what is repeated', () => {
  const written = (...tables: Parameters<typeof addTables>) => {
    const writer = new MessageWriter();
    addTables(...tables)(writer);
    return writer;
  };
  const exclusively = NLM_F_CREATE | NLM_F_EXCL;

  it('is acknowledged each time, between other requests', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    const repeated = written([{ name: 'repeated', flags: exclusively }]);
    for (let i = 0; i < 3; i++) {
      expect(client.repeat('add table', repeated)).toBeUndefined();
      expect(getTable(client, 'repeated')).toBe('repeated');
      namespace.nft('delete table inet repeated');
    }
  });

  it('returns what it is refused with, and which message it is about', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    const repeated = written([{ name: 'repeated', flags: exclusively }]);
    expect(client.repeat('add table', repeated)).toBeUndefined();
    for (let i = 0; i < 2; i++) {
      const refusal = client.repeat('add table', repeated);
      expect(refusal).toBeInstanceOf(NetlinkError);
      expect(refusal).toMatchObject({ code: 'EEXIST', sequence: repeated.firstSequence + 1 });
      const { sent } = client;
      expect(sent.next() && sent.sequence).toBe(repeated.firstSequence);
      expect(getTable(client, 'repeated')).toBe('repeated');
    }
  });

  it('returns what it could not be sent for', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER, sendBufferBytes: 4_096 });
    const many = written(Array.from({ length: 1_000 }, () => ({ name: 'repeated' })));
    expect(client.repeat('add tables', many)).toMatchObject({ code: 'EMSGSIZE' });
    expect(getTable(client, 'absent')).toBe('ENOENT');
  });

  it('is acknowledged among many answers', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    const flags = NLM_F_CREATE | NLM_F_ACK;
    const repeated = written([
      { name: 'many-1', flags },
      { name: 'many-2', flags },
    ]);
    for (let i = 0; i < 2; i++) expect(client.repeat('add tables', repeated)).toBeUndefined();
    expect(getTable(client, 'many-2')).toBe('many-2');
  });

  it('says ENOBUFS when its acknowledgement is lost, and the next request is heard', () => {
    using client = NetlinkClient.open({
      protocol: NETLINK_NETFILTER,
      receiveBufferBytes: 2_048,
      sendBufferBytes: 1 << 20,
    });
    const flags = NLM_F_CREATE | NLM_F_ACK;
    const repeated = written(Array.from({ length: 500 }, () => ({ name: 'repeated', flags })));
    expect(client.repeat('add tables', repeated)).toMatchObject({ code: 'ENOBUFS' });
    expect(getTable(client, 'repeated')).toBe('repeated');
  });

  it('gives up when the kernel does not answer, and the socket stays good', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER, timeoutMs: 20 });
    const repeated = written([{ name: 'silent' }]);
    // The kernel passes over a message that claims to be longer than what was sent.
    repeated.view.setUint32(0, repeated.length + 16, true);
    expect(thrown(() => client.repeat('half a message', repeated))).toMatchObject({
      code: 'NETLINK_TIMEOUT',
    });
    expect(getTable(client, 'silent')).toBe('ENOENT');
  });
});

describe('batch', () => {
  it('takes effect as a whole with one acknowledgement', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    client.request('add tables', addTables([{ name: 'one' }, { name: 'two' }]));
    expect([getTable(client, 'one'), getTable(client, 'two')]).toEqual(['one', 'two']);
  });

  it('tells which message failed, and nothing of it takes effect', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    client.request('add table', addTables([{ name: 'there' }]));
    const again = { name: 'there', flags: NLM_F_CREATE | NLM_F_EXCL };
    let first = 0;
    const error = thrown(() =>
      client.request('add tables', (writer) => {
        addTables([{ name: 'three' }, again, { name: 'four' }])(writer);
        first = writer.firstSequence;
      }),
    );
    expect(error).toMatchObject({ code: 'EEXIST', sequence: first + 2 });
    expect([getTable(client, 'three'), getTable(client, 'four')]).toEqual(['ENOENT', 'ENOENT']);
  });

  it('reports the first error when the answers overflow the queue, and the next request is heard', () => {
    using client = NetlinkClient.open({
      protocol: NETLINK_NETFILTER,
      receiveBufferBytes: 2_048,
      sendBufferBytes: 1 << 20,
    });
    const again = { name: 'there', flags: NLM_F_CREATE | NLM_F_EXCL };
    let first = 0;
    const error = thrown(() =>
      client.request('add tables', (writer) => {
        addTables(Array.from({ length: 2_000 }, () => again))(writer);
        first = writer.firstSequence;
      }),
    );
    expect(error).toMatchObject({ code: 'EEXIST', sequence: first + 1 });
    expect(getTable(client, 'there')).toBe('there');
  });

  it('says ENOBUFS when its acknowledgement is lost', () => {
    using client = NetlinkClient.open({
      protocol: NETLINK_NETFILTER,
      receiveBufferBytes: 2_048,
      sendBufferBytes: 1 << 20,
    });
    const everyOne = NLM_F_CREATE | NLM_F_ACK;
    const tables = Array.from({ length: 500 }, () => ({ name: 'there', flags: everyOne }));
    expect(thrown(() => client.request('add tables', addTables(tables)))).toMatchObject({ code: 'ENOBUFS' });
    expect(getTable(client, 'there')).toBe('there');
  });
});

describe('dump', () => {
  it('gives all entries over many datagrams', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    const tables = Array.from({ length: 700 }, (_, i) => ({ name: `table-${i}` }));
    client.request('add tables', addTables(tables));
    const names = new Set<string>();
    const result = client.dump('list tables', dumpTables, (message) => {
      const attributes = new AttributeCursor().enter(message.view, message.start + 4, message.end);
      while (attributes.next()) if (attributes.type === 1) names.add(attributes.string());
    });
    expect(result).toEqual({ interrupted: false });
    for (const { name } of tables) expect(names).toContain(name);
  });

  it('is reported as interrupted when the table changes meanwhile', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    using other = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    let changed = false;
    const result = client.dump('list tables', dumpTables, () => {
      if (!changed) other.request('add table', addTables([{ name: 'meanwhile' }]));
      changed = true;
    });
    expect(result).toEqual({ interrupted: true });
  });

  it('is done again, when asked to, until it is consistent', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    using other = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    let seen = 0;
    let changes = 0;
    const change = () => {
      seen += 1;
      if (changes === 2 || seen % 100 !== 1) return;
      changes += 1;
      other.request('add table', addTables([{ name: `again-${changes}` }]));
    };
    expect(client.dump('list tables', dumpTables, change, 5)).toEqual({ interrupted: false });
    expect(changes).toBe(2);
    expect(seen).toBeGreaterThan(1_400);
  });

  it('that fails in its owner leaves a client that can dump again', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    const list = (onMessage: () => void) => client.dump('list tables', dumpTables, onMessage);
    const failing = () => {
      throw new Error('owner');
    };
    expect(() => list(failing)).toThrow('owner');
    let count = 0;
    list(() => {
      count += 1;
    });
    expect(count).toBeGreaterThan(700);
  });

  it('passes on the error that the kernel ends it with', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_ROUTE, strictCheck: true });
    const error = thrown(() =>
      client.dump(
        'list links',
        (writer) => {
          writer.begin(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP);
          const start = writer.reserve(IFINFOMSG_BYTES);
          writer.view.setUint8(start + 2, 1);
          writer.end();
        },
        () => undefined,
      ),
    );
    expect(error).toMatchObject({ code: 'EINVAL', operation: 'list links' });
    expect((error as NetlinkError).extack).toMatch(/header/);
  });

  it('does not let its owner use the same client inside it', () => {
    using client = NetlinkClient.open({ protocol: NETLINK_ROUTE });
    const nested = () => client.dump('inner', dumpLinks, () => undefined);
    expect(() => client.dump('outer', dumpLinks, nested)).toThrow('a request inside the answers to another');
    expect(linkNames(client)).toContain('lo');
  });
});
