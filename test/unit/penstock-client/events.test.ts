import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EventsOptions, followEvents } from '../../../src/penstock-client/src/index.ts';

const STREAM =
  ': open\n\nid: 1\nevent: a\ndata: {"seq":1}\n\n: alive\n\nid: 2\nevent: b\ndata: {"seq":2}\n\n';

/** A daemon that answers with these pieces. */
function sending(
  pieces: Iterable<string>,
  status = 200,
): { fetch: EventsOptions['fetch']; asked: Request[] } {
  const asked: Request[] = [];
  return {
    asked,
    fetch: async (request) => {
      asked.push(request);
      const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
      return new Response(body, { status });
    },
  };
}

async function read(options: Partial<EventsOptions>) {
  const events = followEvents({ url: 'http://127.0.0.1', token: 'secret', ...options });
  return Array.fromAsync(events);
}

it('events are read wherever the network cuts them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(STREAM.length)), async (cuts) => {
      const places = [0, ...cuts.toSorted((x, y) => x - y), STREAM.length];
      const pieces = places.slice(1).map((end, i) => STREAM.slice(places[i], end));
      expect(await read({ fetch: sending(pieces).fetch })).toEqual([
        { id: '1', type: 'a', data: { seq: 1 } },
        { id: '2', type: 'b', data: { seq: 2 } },
      ]);
    }),
    { numRuns: 30 },
  );
});

it('an event that does not end is refused before it fills the memory', async () => {
  function* endless() {
    for (;;) yield `data: ${'x'.repeat(2 ** 20)}`;
  }
  await expect(read({ fetch: sending(endless()).fetch })).rejects.toThrow();
});

it('asks for what was said, with the token in a header', async () => {
  const { fetch, asked } = sending(['']);
  await read({
    fetch,
    after: '7',
    types: ['decision', 'incident.opened'],
    headers: { 'penstock-session': 's' },
  });
  expect(asked[0].url).toBe('http://127.0.0.1/v1/events?type=decision%2Cincident.opened');
  expect(Object.fromEntries(asked[0].headers)).toMatchObject({
    authorization: 'Bearer secret',
    'last-event-id': '7',
    'penstock-session': 's',
  });
});

it('tells each sign of life, and hands out a refusal as it came', async () => {
  let alive = 0;
  await read({ fetch: sending([STREAM]).fetch, onAlive: () => alive++ });
  expect(alive).toBe(2);
  await expect(read({ fetch: sending(['{}'], 403).fetch })).rejects.toMatchObject({ status: 403 });
});
