/**
 * By rules in mode enforce, each size in a gateway of its own:
 *
 *   gateway-tcp, -udp   how much less passes than through a gateway that only accepts what is established
 *   one-rule            milliseconds until a policy of one rule more is in force, sent to the API
 */
import type { Size } from '../benches.ts';
import { apply, changeOneRule, policy, throughput, withGateways } from '../gateway.ts';
import type { Measured } from './growths.ts';

const LOADS = { full: { rounds: 3, pairs: 5, seconds: 1 }, smoke: { rounds: 1, pairs: 1, seconds: 1 } };

export function costOfRules(rules: number, form: Size): Promise<Measured> {
  return withGateways(async ({ guarded, plain, daemon }) => {
    const { status, body } = await apply(daemon, policy('enforce', rules));
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
    const load = { ...LOADS[form], rules, blocks: 0 };
    const oneRule = await changeOneRule(daemon, load);
    const [tcp, udp] = await throughput(guarded, plain, load);
    return {
      'gateway-tcp': { cost: 1 / tcp.ratio, unit: 'of the time' },
      'gateway-udp': { cost: 1 / udp.ratio, unit: 'of the time' },
      'one-rule': { cost: oneRule, unit: 'ms' },
    };
  });
}
