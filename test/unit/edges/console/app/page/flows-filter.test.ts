import { describe, expect, test } from 'vitest';
import {
  endWords,
  type FlowFilter,
  faultOf,
  filterOf,
  flowKey,
  queryOf,
  reasonWords,
  searchOf,
  serviceOf,
} from '../../../../../../src/edges/console/app/page/flows-filter.ts';
import { FLOW } from '../../../api/samples.ts';

const NONE: FlowFilter = filterOf('');

describe('the filter of flows', () => {
  test('survives the address of the page', () => {
    const filter: FlowFilter = {
      ...{ host: '10.1.0.10', destination: 'fd00:1::1', protocol: '6', port: '443' },
      ...{ verdict: 'deny', rule: 'a & b', sort: 'bytes' },
    };
    expect(filterOf(searchOf(filter))).toEqual(filter);
    expect(searchOf(NONE)).toBe('');
  });

  test('takes from an address only what there is', () => {
    const found = filterOf(`?verdict=<script>&sort=evil&host=${'1'.repeat(500)}&nonsense=1`);
    expect(found).toMatchObject({ verdict: '', sort: 'lastSeen' });
    expect(found.host).toHaveLength(128);
  });

  test('asks the API for what is set, and for no port that is none', () => {
    expect(queryOf(NONE)).toEqual({ sort: 'lastSeen' });
    expect(queryOf({ ...NONE, host: ' 10.1.0.10 ', port: '0443', protocol: '17', verdict: 'deny' })).toEqual({
      sort: 'lastSeen',
      host: '10.1.0.10',
      protocol: 17,
      verdict: 'deny',
    });
    expect(queryOf({ ...NONE, port: '443' })).toEqual({ sort: 'lastSeen', port: 443 });
  });

  test.each([
    ['', undefined],
    ['0', undefined],
    [' 65535 ', undefined],
    ['65536', 'must be a number'],
    ['https', 'must be a number'],
    ['-1', 'must be a number'],
  ])('says of the port %j: %s', (port, fault) => {
    if (fault === undefined) expect(faultOf({ port })).toBeUndefined();
    else expect(faultOf({ port })).toContain(fault);
  });
});

describe('a flow', () => {
  test('is the same one when its counters have moved, and another one when it began anew', () => {
    expect(flowKey({ ...FLOW, bytesOut: 9 } as typeof FLOW)).toBe(flowKey(FLOW));
    expect(flowKey({ ...FLOW, startedAtMs: 1 })).not.toBe(flowKey(FLOW));
  });

  test.each([
    [FLOW, '203.0.113.10:443', { protocol: 6, port: 443 }],
    [{ ...FLOW, destination: '2001:db8::1' }, '[2001:db8::1]:443', { protocol: 6, port: 443 }],
    [{ ...FLOW, protocol: 1, destinationPort: 0 }, '203.0.113.10', { protocol: 1, port: null }],
    [{ ...FLOW, protocol: 47 }, '203.0.113.10', { protocol: 47, port: null }],
  ])('goes to an end and a service', (flow, words, service) => {
    expect(endWords(flow)).toBe(words);
    expect(serviceOf(flow)).toEqual(service);
  });
});

test('why the policy has no say in a flow is told in words', () => {
  expect(reasonWords({ verdict: 'exempt', because: 'notOutbound' })).toBe('not outbound');
  expect(reasonWords({ verdict: 'allow', because: 'allowed by camelCase' })).toBe('allowed by camelCase');
});
