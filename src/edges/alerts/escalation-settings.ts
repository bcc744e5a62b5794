/** `alerts.escalation`: who else is told when nobody answers, and after how long. */
import { z } from 'zod';
import { durationField } from '../../policy/schema/quantity.ts';

/** By how much time has passed since somebody was asked, shortest first. */
export const escalationSteps = z
  .array(
    z.strictObject({
      after: durationField,
      /** Names of sinks. */
      sinks: z.array(z.string().min(1)).min(1).max(32),
    }),
  )
  .max(10)
  .refine((steps) => steps.every(({ after }, at) => at === 0 || after > steps[at - 1].after), {
    error: 'each step later than the one before',
  });

export type EscalationStep = z.output<typeof escalationSteps>[number];

/** @returns names in the steps that are no sink's */
export function unknownSinks(steps: readonly EscalationStep[], known: readonly string[]): string[] {
  return [...new Set(steps.flatMap(({ sinks }) => sinks))].filter((name) => !known.includes(name));
}
