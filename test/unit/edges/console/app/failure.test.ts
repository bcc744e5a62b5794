import { expect, it } from 'vitest';
import { failureOf } from '../../../../../src/edges/console/app/failure.ts';

const PROBLEM = {
  type: 'urn:penstock:problem:refused',
  code: 'refused',
  title: 'A guardrail or a check says no',
  status: 422,
  detail: 'it would cut an operator',
  guardrail: 'operators',
};

it('tells what the API said, with the guardrail that said no', () => {
  expect(failureOf(PROBLEM, 422)).toEqual({
    title: PROBLEM.title,
    detail: PROBLEM.detail,
    status: 422,
    code: 'refused',
    guardrail: 'operators',
  });
});

it('tells the first faults of what was sent', () => {
  const problems = ['a', 'b', 'c', 'd'].map((message) => ({ pointer: '/x', message }));
  expect(failureOf({ ...PROBLEM, problems }, 422).detail).toBe('it would cut an operator: a; b; c');
});

it('is not taken in by an answer of another server', () => {
  expect(failureOf('<html>502</html>', 502)).toMatchObject({ title: 'The daemon answered 502', status: 502 });
  expect(failureOf(undefined, 500)).toMatchObject({ status: 500 });
});

it('says when there was no answer at all', () => {
  expect(failureOf(new TypeError('Failed to fetch'))).toMatchObject({ status: 0 });
});
