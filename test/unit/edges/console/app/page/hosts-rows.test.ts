import type { Schema } from 'penstock-client';
import { describe, expect, test } from 'vitest';
import { hostRows, searchHosts, sortHosts } from '../../../../../../src/edges/console/app/page/hosts-rows.ts';
import { hostLine } from '../../../api/samples.ts';

/** As the API tells it. */
const line = (host: string): Schema<'HostLine'> => JSON.parse(JSON.stringify(hostLine(host)));
const web = { ...line('10.1.0.10'), lastSeenMs: 30, suspicion: 0 };
const build = { ...line('10.2.0.5'), groups: ['Build'], lastSeenMs: 20, suspicion: 0.9 };
const six = { ...line('fd00:1::7'), groups: ['build', 'night'], lastSeenMs: 10, suspicion: 0 };
const HOSTS = [web, build, six];
const names = (rows: readonly { host: string }[]) => rows.map(({ host }) => host);

describe('what a host has sent', () => {
  const sent = new Map([['10.1.0.10', 500]]);

  test('is nothing for one that is not among all senders, and unknown when some are left out', () => {
    expect(hostRows(HOSTS, sent, true).map(({ bytesOut }) => bytesOut)).toEqual([500, 0, 0]);
    expect(hostRows(HOSTS, sent, false).map(({ bytesOut }) => bytesOut)).toEqual([500, null, null]);
  });

  test('is unknown without a history', () => {
    expect(hostRows(HOSTS, undefined, true).map(({ bytesOut }) => bytesOut)).toEqual([null, null, null]);
  });
});

describe('hosts', () => {
  const rows = hostRows(HOSTS, new Map([['10.2.0.5', 7]]), false);

  test.each([
    ['', ['10.1.0.10', '10.2.0.5', 'fd00:1::7']],
    ['10.1', ['10.1.0.10']],
    ['BUILD', ['10.2.0.5', 'fd00:1::7']],
    ['build  fd00', ['fd00:1::7']],
    ['nobody', []],
  ])('are found by %j', (text, found) => {
    expect(names(searchHosts(rows, text))).toEqual(found);
  });

  test.each([
    ['lastSeen', ['10.1.0.10', '10.2.0.5', 'fd00:1::7']],
    ['suspicion', ['10.2.0.5', '10.1.0.10', 'fd00:1::7']],
    ['bytes', ['10.2.0.5', '10.1.0.10', 'fd00:1::7']],
  ] as const)('are sorted by %s, the highest first', (sort, sorted) => {
    expect(names(sortHosts(rows, sort))).toEqual(sorted);
  });
});
