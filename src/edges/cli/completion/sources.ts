/** Names and ids of the daemon. */
import type { Client, Schema } from 'penstock-client';
import { answered } from '../client.ts';
import { describeScope, describeTarget } from '../wording.ts';
import type { Candidate } from './candidate.ts';

const limit = 100;

/** `soon` ends every request. */
type Load = (api: Client, soon: Soon) => Promise<Candidate[]>;

type Soon = { readonly signal: AbortSignal };

export type Source = keyof typeof SOURCES;

export const SOURCES = {
  decisions: (api, soon) => decisions(api, soon, () => true),
  standing: (api, soon) => decisions(api, soon, ({ state }) => ['provisional', 'active'].includes(state)),
  answerable: async (api, soon) => {
    const [found, waiting] = await Promise.all([
      decisions(api, soon, ({ state }) => ['pending', 'provisional'].includes(state)),
      proposal(api, soon),
    ]);
    return [...found, ...waiting];
  },
  incidents: (api, soon) => incidents(api, soon, {}),
  openIncidents: (api, soon) => incidents(api, soon, { state: 'open' }),
  suppressions: (api, soon) => suppressions(api, soon, {}),
  activeSuppressions: (api, soon) => suppressions(api, soon, { state: 'active' }),
  async revisions(api, soon) {
    const asked = api.GET('/v1/revisions', { params: { query: { limit } }, ...soon });
    return (await answered(asked)).items.map(({ number, kind, actor, reason }) => ({
      value: String(number),
      about: `${kind} by ${actor} ${reason}`,
    }));
  },
  async trial(api, soon) {
    const { trial } = await answered(api.GET('/v1/status', soon));
    return trial ? [{ value: String(trial.revision), about: trial.policyName }] : [];
  },
  async hosts(api, soon) {
    const { hosts } = await answered(api.GET('/v1/hosts', { params: { query: { limit } }, ...soon }));
    return hosts.map(({ host, groups }) => ({ value: host, about: groups.join(', ') }));
  },
  async names(api, soon) {
    const { names } = await answered(api.GET('/v1/names', { params: { query: { limit } }, ...soon }));
    return names.map(({ name, rules }) => ({ value: name, about: rules.join(', ') }));
  },
  async rules(api, soon) {
    const { rules } = await answered(api.GET('/v1/policy/rules', soon));
    return rules.map(({ rule, description }) => ({ value: rule, about: description ?? '' }));
  },
  async tokens(api, soon) {
    const { items } = await answered(api.GET('/v1/tokens', soon));
    return items.map(({ name, role }) => ({ value: name, about: role }));
  },
  async sinks(api, soon) {
    const { items } = await answered(api.GET('/v1/alerts/sinks', soon));
    return items.map(({ sink, type }) => ({ value: sink, about: type }));
  },
} satisfies Record<string, Load>;

async function decisions(
  api: Client,
  soon: Soon,
  wanted: (one: Schema<'Decision'>) => boolean,
): Promise<Candidate[]> {
  const { items } = await answered(api.GET('/v1/decisions', { params: { query: { limit } }, ...soon }));
  return items.filter(wanted).map(({ id, state, action, target }) => ({
    value: id,
    about: `${state}: ${action} ${describeTarget(target)}`,
  }));
}

async function proposal(api: Client, soon: Soon): Promise<Candidate[]> {
  const { proposal: one } = await answered(api.GET('/v1/policy/proposal', soon));
  return one === null ? [] : [{ value: one.id, about: `policy ${one.policyName} by ${one.actor}` }];
}

async function incidents(api: Client, soon: Soon, { state }: { state?: 'open' }): Promise<Candidate[]> {
  const query = { state, limit };
  const { items } = await answered(api.GET('/v1/incidents', { params: { query }, ...soon }));
  return items.map(({ id, severity, cause, host, destination }) => ({
    value: id,
    about: `${severity} ${cause} ${host} -> ${destination ?? 'many'}`,
  }));
}

async function suppressions(api: Client, soon: Soon, { state }: { state?: 'active' }): Promise<Candidate[]> {
  const query = { state, limit };
  const { items } = await answered(api.GET('/v1/suppressions', { params: { query }, ...soon }));
  return items.map((one) => ({ value: one.id, about: `${one.detector} ${describeScope(one)}` }));
}
