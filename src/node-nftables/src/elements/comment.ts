/**
 * Comments in the user data of an element, as nft writes and lists them (libnftnl/udata.h): a list of
 *
 *   +------+--------+----------------
 *   | type | length | value            one byte each, no padding
 *   +------+--------+----------------
 *
 * of which type 0 is the comment, UTF-8 with a closing NUL.
 */
import { NftablesError } from '../errors.ts';

const COMMENT = 0;
const HEADER = 2;
/** nft refuses longer ones. */
const MAX_BYTES = 127;

/** @throws NftablesError NFTABLES_INVALID */
export function encodeComment(comment: string): Uint8Array {
  const text = Buffer.from(comment);
  if (text.length > MAX_BYTES || text.includes(0)) {
    const problem = `a comment of ${text.length} bytes; at most ${MAX_BYTES}, without NUL`;
    throw new NftablesError({ operation: 'encode comment', code: 'NFTABLES_INVALID', problem });
  }
  return Uint8Array.of(COMMENT, text.length + 1, ...text, 0);
}

/** Undefined when there is none; user data of others may be anything. */
export function decodeComment(userData: Uint8Array): string | undefined {
  for (let at = 0; at + HEADER <= userData.length; at += HEADER + userData[at + 1]) {
    if (userData[at] !== COMMENT) continue;
    const value = userData.subarray(at + HEADER, at + HEADER + userData[at + 1]);
    const nul = value.indexOf(0);
    return Buffer.from(nul < 0 ? value : value.subarray(0, nul)).toString('utf8');
  }
  return undefined;
}
