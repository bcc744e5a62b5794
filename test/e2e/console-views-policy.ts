/** A policy as a person would keep it: on several lines, with a rule that nobody uses and detectors that warm up. */
import { policyText } from './policy-text.ts';

const IDLE = {
  ...{ id: 'idle', from: ['lan'], to: { cidrs: ['192.0.2.0/24'] }, services: ['everything'] },
  ...{ description: 'An old mirror', owner: 'team-old', expires: '2099-01-01T00:00:00Z' },
};

export const VIEWS = JSON.parse(policyText('views', { rules: [IDLE] }));
VIEWS.spec.detectors = { volume: {}, oddHours: {} };
export const VIEWS_TEXT = JSON.stringify(VIEWS, null, 2);
