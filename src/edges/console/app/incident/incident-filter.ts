/** What incidents are looked for. Pure: the same question the API answers, for what comes later. */
import { formatWords } from '../part/format.ts';
import type { Incident } from '../words.ts';

export const STATES = [
  { value: 'open', words: 'Open' },
  { value: 'closed', words: 'Closed' },
  { value: 'all', words: 'Open and closed' },
] as const;

export const SEVERITIES = [
  { value: 'all', words: 'Any' },
  { value: 'critical', words: 'Critical' },
  { value: 'high', words: 'High' },
  { value: 'medium', words: 'Medium' },
  { value: 'low', words: 'Low' },
] as const;

const CAUSES = [
  ...(['policyViolation', 'denyList', 'limit', 'scan', 'failedConnections', 'beacon', 'volume'] as const),
  ...(['oddHours', 'newDestination', 'longConnection', 'dnsTunnel', 'icmpTunnel'] as const),
  ...(['fanOut', 'outlier'] as const),
] as const satisfies readonly Incident['cause'][];

export const DETECTORS = [
  { value: 'all' as const, words: 'Any' },
  ...CAUSES.map((value) => ({ value, words: formatWords(value) })),
];

/** What stands in the fields, and in the page's address, so that it can be sent to somebody. */
export interface Choice {
  readonly state: (typeof STATES)[number]['value'];
  readonly severity: (typeof SEVERITIES)[number]['value'];
  readonly detector: (typeof DETECTORS)[number]['value'];
  readonly host: string;
}

export interface IncidentFilter {
  readonly state?: 'open' | 'closed';
  readonly severity?: Incident['severity'];
  readonly detector?: Incident['cause'];
  /** The host's address, whole. */
  readonly host?: string;
}

/** Whether the API would give it for this filter. */
export function fits(incident: Incident, { state, severity, detector, host }: IncidentFilter): boolean {
  return (
    (state === undefined || incident.state === state) &&
    (severity === undefined || incident.severity === severity) &&
    (host === undefined || incident.host === host) &&
    (detector === undefined ||
      incident.cause === detector ||
      incident.evidence.some((one) => one.detector === detector))
  );
}

const DEFAULTS: Choice = { state: 'open', severity: 'all', detector: 'all', host: '' };
const LONGEST_HOST = 64;

/** Whatever somebody wrote into the address. */
export function choiceIn(search: URLSearchParams): Choice {
  const one = <V extends string>(name: keyof Choice, options: readonly { readonly value: V }[]) =>
    options.find(({ value }) => value === search.get(name))?.value;
  return {
    state: one('state', STATES) ?? DEFAULTS.state,
    severity: one('severity', SEVERITIES) ?? DEFAULTS.severity,
    detector: one('detector', DETECTORS) ?? DEFAULTS.detector,
    host: (search.get('host') ?? '').slice(0, LONGEST_HOST),
  };
}

export function searchOf(choice: Choice): URLSearchParams {
  const told = Object.entries(choice).filter(([name, value]) => value !== DEFAULTS[name as keyof Choice]);
  return new URLSearchParams(told);
}

/** An address that is still being typed asks for nothing yet. */
export function filterOf({ state, severity, detector, host }: Choice): IncidentFilter {
  const address = host.trim().toLowerCase();
  return {
    ...(state !== 'all' && { state }),
    ...(severity !== 'all' && { severity }),
    ...(detector !== 'all' && { detector }),
    ...(isAddress(address) && { host: address }),
  };
}

function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/.test(text);
}
