/** Names and ids of the daemon. */
import type { Client, Schema } from 'penstock-client';
import { answered } from '../client.ts';
import { describeScope, describeTarget } from '../wording.ts';
import type { Candidate } from './candidate.ts';

/** Somebody waits for it with a finger on a key. */
const TIMEOUT_MS = 250;
const limit = 100;

type Load = (api: Client) => Promise<Candidate[]>;

export type Source = keyof typeof SOURCES;

export const SOURCES = {
  decisions: (api) => decisions(api, () => true),
  standing: (api) => decisions(api, ({ state }) => ['provisional', 'active'].includes(state)),
  answerable: async (api) => {
    const [found, waiting] = await Promise.all([
      decisions(api, ({ state }) => ['pending', 'provisional'].includes(state)),
      proposal(api),
    ]);
    return [...found, ...waiting];
  },
  incidents: (api) => incidents(api, {}),
  openIncidents: (api) => incidents(api, { state: 'open' }),
  suppressions: (api) => suppressions(api, {}),
  activeSuppressions: (api) => suppressions(api, { state: 'active' }),
  async revisions(api) {
    const asked = api.GET('/v1/revisions', { params: { query: { limit } }, ...soon() });
    return (await answered(asked)).items.map(({ number, kind, actor, reason }) => ({
      value: String(number),
      about: `${kind} by ${actor} ${reason}`,
    }));
  },
  async trial(api) {
    const { trial } = await answered(api.GET('/v1/status', soon()));
    return trial ? [{ value: String(trial.revision), about: trial.policyName }] : [];
  },
  async hosts(api) {
    const { hosts } = await answered(api.GET('/v1/hosts', { params: { query: { limit } }, ...soon() }));
    return hosts.map(({ host, groups }) => ({ value: host, about: groups.join(', ') }));
  },
  async names(api) {
    const { names } = await answered(api.GET('/v1/names', { params: { query: { limit } }, ...soon() }));
    return names.map(({ name, rules }) => ({ value: name, about: rules.join(', ') }));
  },
  async rules(api) {
    const { rules } = await answered(api.GET('/v1/policy/rules', soon()));
    return rules.map(({ rule, description }) => ({ value: rule, about: description ?? '' }));
  },
  async tokens(api) {
    const { items } = await answered(api.GET('/v1/tokens', soon()));
    return items.map(({ name, role }) => ({ value: name, about: role }));
  },
  async sinks(api) {
    const { items } = await answered(api.GET('/v1/alerts/sinks', soon()));
    return items.map(({ sink, type }) => ({ value: sink, about: type }));
  },
} satisfies Record<string, Load>;

async function decisions(api: Client, wanted: (one: Schema<'Decision'>) => boolean): Promise<Candidate[]> {
  const { items } = await answered(api.GET('/v1/decisions', { params: { query: { limit } }, ...soon() }));
  return items.filter(wanted).map(({ id, state, action, target }) => ({
    value: id,
    about: `${state}: ${action} ${describeTarget(target)}`,
  }));
}

async function proposal(api: Client): Promise<Candidate[]> {
  const { proposal: one } = await answered(api.GET('/v1/policy/proposal', soon()));
  return one === null ? [] : [{ value: one.id, about: `policy ${one.policyName} by ${one.actor}` }];
}

async function incidents(api: Client, { state }: { state?: 'open' }): Promise<Candidate[]> {
  const query = { state, limit };
  const { items } = await answered(api.GET('/v1/incidents', { params: { query }, ...soon() }));
  return items.map(({ id, severity, cause, host, destination }) => ({
    value: id,
    about: `${severity} ${cause} ${host} -> ${destination ?? 'many'}`,
  }));
}

async function suppressions(api: Client, { state }: { state?: 'active' }): Promise<Candidate[]> {
  const query = { state, limit };
  const { items } = await answered(api.GET('/v1/suppressions', { params: { query }, ...soon() }));
  return items.map((one) => ({ value: one.id, about: `${one.detector} ${describeScope(one)}` }));
}

function soon() {
  return { signal: AbortSignal.timeout(TIMEOUT_MS) };
}
