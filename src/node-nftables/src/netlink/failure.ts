import { NetlinkError } from 'node-netlink';
import { NftablesError } from '../errors.ts';

/** A refusal of the kernel as an error of this package; anything else as it is. */
export function asNftablesError(error: unknown, index?: number): unknown {
  if (!(error instanceof NetlinkError)) return error;
  const { operation, errno, code, extack } = error;
  const problem = extack === undefined ? code : `${code}: ${extack}`;
  return new NftablesError({
    operation,
    errno,
    problem,
    cause: error,
    ...(index !== undefined && { index }),
  });
}
