/**
 * One seed for the property tests of a run, so that a change never fails on a counterexample that chance happened to
 * find in somebody else's code: that is the work of `npm run soak`, which takes new seeds until it is told to stop.
 */
import fc from 'fast-check';

export const SEED_VARIABLE = 'PENSTOCK_SEED';
const USUAL_SEED = 20_261_130;

fc.configureGlobal({ seed: Number(process.env[SEED_VARIABLE] ?? USUAL_SEED) });
