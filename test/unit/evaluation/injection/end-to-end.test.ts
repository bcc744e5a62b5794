/** The generator and the product together, on a host that is made up: no captures are needed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { acts } from '../../../../src/incident/incident.ts';
import { loadPolicyFile } from '../../../../src/policy/loader.ts';
import type { Policy } from '../../../../src/policy/policy.ts';
import { catalogue } from '../../../evaluation/injection/catalogue.ts';
import { run } from '../../../evaluation/injection/experiment.ts';
import { Stage } from '../../../evaluation/injection/stage.ts';
import { syntheticHost } from '../../../evaluation/injection/synthetic-host.ts';

const MINUTE_MS = 60_000;
let stage: Stage;

function observe(): Policy {
  const result = loadPolicyFile('policies/observe.yaml');
  if (!result.ok) throw new Error('policies/observe.yaml is not valid');
  return result.policy;
}

function experimentOf(kind: string, variant: string, strength: string) {
  const found = catalogue().find(
    (each) => each.kind === kind && each.variant === variant && each.strength === strength,
  );
  if (found === undefined) throw new Error(`the catalogue has no ${kind} ${variant} ${strength}`);
  return found;
}

beforeAll(() => {
  stage = new Stage(observe(), syntheticHost(1), 1);
});

describe('an honest host', () => {
  it('is left alone for nine days', () => {
    expect(stage.undisturbed.filter(({ severity }) => acts(severity))).toEqual([]);
  });

  it('has silent hours at night', () => {
    expect(stage.silentHours).toContain(1);
    expect(stage.silentHours).not.toContain(11);
  });
});

describe('an attack by an honest host is found, with the default settings', () => {
  it.each([
    ['beacon', 'tcp/4444, same size', '1m ±20 %', 60],
    ['exfiltration', 'burst of 10 min, 1 connection', '10x', 15],
    ['scan', 'horizontal', '1/s', 5],
    ['scan', 'vertical', '1/min', 60],
    ['DNS tunnel', '30 min', '10 kB/s', 15],
    ['dead controller', 'tcp/4444', 'every 5m', 24 * 60],
  ])('%s, %s, %s', (kind, variant, strength, withinMinutes) => {
    const outcome = run(stage, experimentOf(kind, variant, strength));
    expect(outcome?.detectedAfterMs, outcome?.evidence.join()).not.toBeNull();
    expect((outcome?.detectedAfterMs ?? 0) / MINUTE_MS).toBeLessThanOrEqual(withinMinutes);
  });

  it('gives the same outcome again', () => {
    const experiment = experimentOf('scan', 'horizontal', '1/s');
    expect(run(stage, experiment)).toEqual(run(stage, experiment));
  });
});
