import type { Severity } from '../../incident/incident.ts';

export type { Severity };
export const SEVERITIES_RISING = ['low', 'medium', 'high', 'critical'] as const satisfies readonly Severity[];
