/** Real captures: what was learnt is allowed when it is replayed, and malware is not learnt. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../../src/address/address.ts';
import { parsePrefix } from '../../../../src/address/prefix.ts';
import { readRecordedFlows } from '../../../../src/flow/recorded/read.ts';
import { emptyRecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import type { RecordedFlows } from '../../../../src/flow/recorded/recorded-flows.ts';
import { learnFlows } from '../../../../src/replay/learn/learn.ts';
import { policyText } from '../../../../src/replay/learn/policy-text.ts';
import { replayFlows } from '../../../../src/replay/replay.ts';
import { loaded, OPTIONS } from './flows.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/flows/', import.meta.url));
const there = existsSync(FOLDER);
if (!there) console.warn(`NOT TESTED: no recorded captures at ${FOLDER}`);

const fileOf = (name: string) => `${FOLDER}${name}.ndjson.gz`;

async function learntFrom(name: string, networks?: string[]) {
  const flows = await readRecordedFlows([fileOf(name)]);
  const proposal = learnFlows(flows, {
    ...OPTIONS,
    ...(networks && { networks: networks.map(parsePrefix) }),
  });
  return { flows, proposal, ...loaded(policyText(proposal)) };
}

/** Host and destination of every flow that failed or has no name. */
function failuresIn(flows: RecordedFlows): Set<string> {
  const failed = new Set<string>();
  const flow = emptyRecordedFlow();
  for (let place = 0; place < flows.length; place++) {
    flows.read(place, flow);
    if (flow.outcome !== 'answered' || flow.icmpType < 0)
      failed.add(`${formatAddress(flow.source)} ${formatAddress(flow.destination)}`);
  }
  return failed;
}

describe.skipIf(!there)('captures', () => {
  it.each<[string, string[]?]>([
    ['001-njrat'],
    ['002-nmap-portscan'],
    ['005-simda-dga'],
    ['010-ctu-normal-win-24h'],
    ['011-ctu-normal-win-24h'],
    ['ctu-sme11-2023-02-20'],
    ['rita-missinghost-3d', ['73.54.23.243/32', '64.225.56.201/32']],
  ])(
    '%s: replayed through what was learnt, only failures and what is withheld violate',
    async (name, networks) => {
      const { flows, proposal, policy } = await learntFrom(name, networks);
      const failed = failuresIn(flows);
      const destinations = new Set(proposal.withheld.cases.map(({ destination }) => destination));
      const suspects = new Set(
        proposal.withheld.cases
          .filter(({ destination }) => destination === null)
          .map(({ charges }) => charges[0].host),
      );
      const { unlearnt, learnt, withheld } = proposal.traffic;
      const sum = Object.values(unlearnt).reduce((one, other) => one + other, 0);
      expect(learnt + withheld + sum).toBe(flows.length);
      expect(unlearnt.leftOut).toBe(0);
      const wrong = replayFlows(policy, flows).filter(
        ({ cause, host, destination }) =>
          cause === 'policyViolation' &&
          !suspects.has(host) &&
          !destinations.has(destination) &&
          !failed.has(`${host} ${destination}`),
      );
      expect(wrong).toEqual([]);
    },
  );
  it.each([
    ['001-njrat', '41.108.179.197', 'failedConnections', undefined],
    ['rita-missinghost-3d', '64.225.56.201', 'beacon', ['73.54.23.243/32']],
  ])('%s: the controller %s is withheld, as %s', async (name, destination, cause, networks) => {
    const { proposal } = await learntFrom(name, networks);
    expect(proposal.withheld.cases).toMatchObject([{ destination, charges: [{ cause }] }]);
    const allowed = proposal.rules.flatMap(({ networks: all }) => all.map(({ cidr }) => cidr));
    expect(allowed).not.toContain(`${destination}/32`);
  });
  it('002-nmap-portscan: nothing that only the scanner did is learnt', async () => {
    const { proposal } = await learntFrom('002-nmap-portscan');
    expect(proposal.rules).toEqual([]);
    expect(proposal.withheld.cases).toMatchObject([{ destination: null, charges: [{ cause: 'scan' }] }]);
  });
  it.each(['010-ctu-normal-win-24h', '011-ctu-normal-win-24h', 'ctu-sme11-2023-02-20'])(
    '%s: nothing of a normal day is withheld, and its own host is found',
    async (name) => {
      const { proposal } = await learntFrom(name);
      expect(proposal.withheld.cases).toEqual([]);
      expect(proposal.hostGroups).toHaveLength(1);
    },
  );
});
