/** How the kernel enforces the allowlist, in mode enforce. */
import * as z from 'zod';

export const enforcementField = z.strictObject({
  denyWith: z.enum(['drop', 'reject']).default('drop').meta({
    description:
      'What happens to a packet that no rule allows. drop: nothing is answered; reject: TCP is reset, the rest gets an ICMP error, so that clients give up at once',
  }),
});
