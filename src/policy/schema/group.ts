/** Host groups (who is ours) and address sets (where to). */
import * as z from 'zod';
import { domainField, prefixesField } from './prefix.ts';
import { refusal } from './text.ts';

export const hostGroupField = z
  .strictObject({
    cidrs: prefixesField.min(1, {
      error: refusal('is empty: the group would hold no host', 'at least one network'),
    }),
    except: prefixesField.default([]).meta({ description: 'Taken out of cidrs, whatever their order' }),
  })
  .meta({ description: 'Hosts that are ours. What is in no group is not ours and not judged.' });

export const addressSetField = z
  .strictObject({
    cidrs: prefixesField.default([]),
    except: prefixesField.default([]),
    fqdns: z.array(domainField).default([]),
  })
  .superRefine(({ cidrs, fqdns }, context) => {
    if (cidrs.length + fqdns.length > 0) return;
    context.addIssue({ code: 'custom', message: refusal('holds no address', 'cidrs or fqdns') });
  })
  .meta({ description: 'Destinations by network or by name' });
