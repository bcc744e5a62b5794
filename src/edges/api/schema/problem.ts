import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../errors.ts';
import { policyProblem } from './policy.ts';

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

const requestFault = z
  .object({ pointer: z.string().meta({ description: 'JSON Pointer (RFC 6901).' }), message: z.string() })
  .meta({ id: 'RequestFault' });

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().meta({ example: 'urn:penstock:problem:not-found' }),
    code: z.enum(codes),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    problems: z.array(z.union([requestFault, policyProblem])).optional(),
    guardrail: z.string().optional().meta({ description: 'The guardrail that said no.' }),
  })
  .meta({ id: 'Problem' });
