import { z } from 'zod';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { incidentId } from '../schema/text.ts';

/** STIX 2.1: what its objects hold is in https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html. */
const bundle = z
  .object({
    type: z.literal('bundle'),
    id: z.string(),
    objects: z.array(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'StixBundle' });

/** Makes the bundle of an incident; undefined: there is no such incident. */
export type StixSource = (incident: string) => z.input<typeof bundle> | undefined;

interface Parts {
  readonly stix?: StixSource | undefined;
}

export function stixRoutes({ stix }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/incidents/{id}/stix',
      role: 'viewer',
      summary: 'One incident as a bundle of STIX 2.1, for others',
      request: { ...NOTHING, params: z.strictObject({ id: incidentId }) },
      answer: bundle,
      handle({ params: { id } }) {
        const made = stix?.(id);
        if (made === undefined) throw new RequestError('not-found', `there is no incident ${id}`);
        return made;
      },
    }),
  ];
}
