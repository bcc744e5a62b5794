import { z } from 'zod';
import type { EngineControl, HostFilter, HostLine, HostListing } from '../../../engine/commands.ts';
import { askEngine } from '../engine-answer.ts';
import { pagesOf } from '../engine-pages.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { hostListingSchema, hostSchema } from '../schema/host.ts';
import { cursorAfter, hostPlace } from '../schema/page.ts';
import { addressText, integerText, ruleId } from '../schema/text.ts';

const AT_A_TIME = 100;

const query = z.strictObject({
  group: ruleId.optional().meta({ description: 'A host group of the policy in force.' }),
  sort: z.enum(['lastSeen', 'suspicion']).default('lastSeen').meta({ description: 'The highest first.' }),
  ...cursorAfter(hostPlace),
  limit: integerText(1, 500).default(100),
});
/** Any text fits the path: what is no address is told so, and is not merely a host that is not known. */
const params = z.strictObject({ host: z.string().meta({ example: '10.1.0.10' }) });

export function hostRoutes({ engine }: { engine: EngineControl }): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/hosts',
      role: 'viewer',
      summary: 'Hosts whose usual behaviour is known, the one seen last first',
      request: { ...NOTHING, query },
      answer: hostListingSchema,
      handle: ({ query: filter }, _caller, _conditions, closed) => listed(engine, filter, closed),
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/hosts/{host}',
      role: 'viewer',
      summary: 'What is known of one host, and which detectors are ready for it',
      request: { ...NOTHING, params },
      answer: hostSchema,
      handle: ({ params: { host } }) => askEngine(engine, 'profile', { host: addressOf(host) }),
    }),
  ];
}

async function listed(engine: EngineControl, filter: HostFilter, closed: AbortSignal): Promise<HostListing> {
  const ask = (part: Pick<HostFilter, 'limit' | 'after'>) =>
    askEngine(engine, 'profiles', { ...filter, ...part }, closed);
  const pages = await pagesOf(filter, AT_A_TIME, ask, ({ hosts }) => hosts.length);
  const keyOf = ({ lastSeenMs, suspicion }: HostLine) =>
    filter.sort === 'suspicion' ? suspicion : lastSeenMs;
  // By what they show: some were seen again since they were chosen.
  const hosts = pages.flatMap((page) => page.hosts).sort((one, other) => keyOf(other) - keyOf(one));
  return { ...(pages.at(-1) ?? pages[0]), hosts };
}

/** @throws RequestError */
function addressOf(text: string): string {
  const parsed = addressText.safeParse(text);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ message }) => ({ pointer: '/params/host', message }));
  throw new RequestError('invalid-request', 'the host is no address', { problems });
}
