import { beginNetfilter, MessageCursor, MessageWriter, NLM_F_MULTI, netfilterType } from 'node-netlink';
import { describe, expect, it } from 'vitest';
import { hookFunction } from '../../../src/conntrack/hooks.ts';

/** A listed hook, laid out as in linux/netfilter/nfnetlink_hook.h. */
function hook(name?: string): MessageCursor {
  const writer = new MessageWriter();
  beginNetfilter(writer, netfilterType(12, 0), NLM_F_MULTI, 2);
  if (name) {
    writer.string(5, 'nf_conntrack');
    writer.string(4, name);
  }
  writer.networkU32(1, 0);
  writer.networkU32(2, 0xffffff38);
  writer.end();
  const message = new MessageCursor().load(writer.view, writer.length);
  message.next();
  return message;
}

describe('hookFunction', () => {
  it('is the name of the function', () =>
    expect(hookFunction(hook('ipv4_conntrack_in'))).toBe('ipv4_conntrack_in'));
  it('is not there on a kernel without symbol names', () => expect(hookFunction(hook())).toBeUndefined());
});
