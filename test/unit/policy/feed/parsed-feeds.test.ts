import { describe, expect, it } from 'vitest';
import { ParsedFeeds } from '../../../../src/policy/feed/parsed-feeds.ts';
import { orderOf } from './orders.ts';

const ORDER = orderOf({ name: 'text' });

describe('files of deny lists that were parsed', () => {
  it('are not parsed again while text and order are the same', () => {
    const feeds = new ParsedFeeds();
    const first = feeds.parse('198.51.100.1\n', ORDER);
    expect(first).toMatchObject({ ok: true });
    expect(feeds.parse('198.51.100.1\n', { ...ORDER, nowMs: 7 })).toBe(first);
    expect(feeds.parse('198.51.100.2\n', ORDER)).not.toEqual(first);
    expect(feeds.parse('198.51.100.1\n', { ...ORDER, name: 'another.txt' })).not.toBe(first);
  });

  it('are parsed again when they were bad', () => {
    const feeds = new ParsedFeeds();
    const first = feeds.parse('300.51.100.1\n', ORDER);
    expect(first).toMatchObject({ ok: false });
    expect(feeds.parse('300.51.100.1\n', ORDER)).not.toBe(first);
  });
});
