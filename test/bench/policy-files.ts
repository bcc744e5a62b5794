/** Policies of any size, as the API takes them: an entry file and parts. */

/** Texts by name. */
export type Files = Record<string, string>;

export const ENTRY = 'policy.yaml';
/** A file may hold some 50,000 values. */
const RULES_A_FILE = 2_000;

export interface PolicyShape {
  readonly mode: 'audit' | 'respond' | 'enforce';
  /** All but the first are for destinations that nobody goes to, each a network of its own. */
  readonly rules: number;
  /** Of the host group, CIDR. */
  readonly hosts: string;
  /** What the first rule allows, CIDR. */
  readonly server: string;
  /** YAML for the rest of `spec`, indented by two. */
  readonly more?: string;
}

export function policyFiles({ mode, rules, hosts, server, more = '' }: PolicyShape): Files {
  const parts: Files = {};
  for (let from = 1; from < rules; from += RULES_A_FILE)
    parts[`rules-${from}.yaml`] = part(from, Math.min(rules, from + RULES_A_FILE));
  const entry = `
apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: bench, owner: bench}
include: [${Object.keys(parts).join(', ')}]
spec:
  mode: ${mode}
  hostGroups: {lan: {cidrs: [${hosts}]}}
  services:
    iperf: [{protocol: tcp, ports: [5201]}, {protocol: udp, ports: [5201]}]
    web: [{protocol: tcp, ports: [80, 443]}]
  rules:
    - {id: first, from: [lan], to: {cidrs: [${server}]}, services: [iperf, web], owner: bench}
${more}`;
  return { [ENTRY]: entry, ...parts };
}

function part(from: number, end: number): string {
  const rules = Array.from({ length: end - from }, (_, i) => {
    const network = `11.${((from + i) >> 8) & 255}.${(from + i) & 255}.0/28`;
    return `    - {id: rule-${from + i}, from: [lan], to: {cidrs: [${network}]}, services: [web], owner: bench}`;
  });
  return `apiVersion: penstock/v1\nkind: EgressPolicyPart\nspec:\n  rules:\n${rules.join('\n')}\n`;
}

/** What no rule allows is blocked at once, by whatever number; 198.19.0.0/16 is for what goes on beside it (beside.ts). */
export function blockingPolicy(): string {
  return `
apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: bench, owner: bench}
spec:
  mode: respond
  hostGroups: {lan: {cidrs: [10.1.0.0/24]}}
  services: {high: [{protocol: udp, ports: [1024-65535]}]}
  rules: [{id: background, from: [lan], to: {cidrs: [198.19.0.0/16]}, services: [high], owner: bench}]
  response:
    actions: [{detector: policyViolation, action: block, target: destination, ttl: 1h, approval: none}]
    guardrails: {maxBlocksPerMinute: 100000, maxBlocksPerHour: 1000000, circuitBreaker: {enabled: false}}
`;
}
