/** Made from the OpenAPI document by `npm run client-types`; never edited by hand. */
export interface paths {
    readonly "/healthz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the process answers */
        readonly get: operations["getHealthz"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readyz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the kernel table is in place, conntrack is seen and the ledger takes entries */
        readonly get: operations["getReadyz"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Metrics in the Prometheus text format
         * @description Needs the role viewer.
         */
        readonly get: operations["getMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/caller": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Whose token this is, and what it may do
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Caller"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How the daemon fares: policy, kernel table, conntrack, decisions, latency
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Status"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/flows": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Standing flows and what the policy says of them
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Flows"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/hosts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Hosts whose usual behaviour is known, the one seen last first
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Hosts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/hosts/{host}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What is known of one host, and which detectors are ready for it
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1HostsHost"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What was sent and received over time
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1History"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/history/top": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Who sent most, to whom, by which rule or service
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1HistoryTop"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/names": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Names that rules allow and resolvers have answered, with their addresses
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Names"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Ledger entries
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Audit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Ledger entries as server-sent events
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Events"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/policy": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The policy in force, as it was written
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Policy"];
        /**
         * Put a policy in force; one with a problem or a failing test changes nothing
         * @description Needs the role admin.
         */
        readonly put: operations["putV1Policy"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/policy/check": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * What is wrong with a policy and what it would change; changes nothing
         * @description Needs the role operator.
         */
        readonly post: operations["postV1PolicyCheck"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/policy/rules": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The rules of the policy in force, and how often each was used since the daemon started
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1PolicyRules"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/incidents": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Incidents, newest first
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Incidents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/incidents/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One incident
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1IncidentsId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/incidents/{id}/close": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Close an incident; as false, what its evidence says is not reported for a while (role approver)
         * @description Needs the role operator.
         */
        readonly post: operations["postV1IncidentsIdClose"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/suppressions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Suppressions, newest first
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Suppressions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/suppressions/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One suppression
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1SuppressionsId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/suppressions/{id}/revoke": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * End a suppression at once; what it silenced is reported again
         * @description Needs the role operator.
         */
        readonly post: operations["postV1SuppressionsIdRevoke"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/decisions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Decisions, newest first
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Decisions"];
        readonly put?: never;
        /**
         * Block a flow or a destination, or quarantine a host; stands at once, unless it takes two persons
         * @description Needs the role operator.
         */
        readonly post: operations["postV1Decisions"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/decisions/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One decision
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1DecisionsId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/decisions/{id}/approve": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Let a pending or provisional block stand for its whole time, or be the first of two who want it
         * @description Needs the role approver.
         */
        readonly post: operations["postV1DecisionsIdApprove"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/decisions/{id}/reject": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Refuse a pending block, or lift a provisional one at once
         * @description Needs the role approver.
         */
        readonly post: operations["postV1DecisionsIdReject"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/decisions/{id}/revoke": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Lift a standing block at once
         * @description Needs the role operator.
         */
        readonly post: operations["postV1DecisionsIdRevoke"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/decisions/{id}/undo": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take back the last change of one decision; this is a new revision
         * @description Needs the role approver.
         */
        readonly post: operations["postV1DecisionsIdUndo"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/policy/proposal": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The change of policy that waits for a second person
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1PolicyProposal"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/policy/proposals/{id}/approve": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Be the second person who wants a change of policy: it is carried out
         * @description Needs the role approver.
         */
        readonly post: operations["postV1PolicyProposalsIdApprove"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/policy/proposals/{id}/reject": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Refuse a change of policy that waits for a second person
         * @description Needs the role approver.
         */
        readonly post: operations["postV1PolicyProposalsIdReject"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/breaker": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Whether automation may act, or only alerts since blocks spiked
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Breaker"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/breaker/open": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Stop automation: it only alerts until the breaker is closed; what stands goes on standing
         * @description Needs the role operator.
         */
        readonly post: operations["postV1BreakerOpen"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/breaker/close": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Let automation act again, upon all that stands now
         * @description Needs the role approver.
         */
        readonly post: operations["postV1BreakerClose"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/operators": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * From where people run Penstock: addresses that no automatic action touches
         * @description Needs the role operator.
         */
        readonly get: operations["getV1Operators"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/revisions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Revisions, newest first
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1Revisions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/revisions/{number}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One revision
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1RevisionsNumber"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/revisions/{number}/policy": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The policy of a revision, as it was written
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1RevisionsNumberPolicy"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/revisions/{number}/diff": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What differs between a revision and another one, by default the last
         * @description Needs the role viewer.
         */
        readonly get: operations["getV1RevisionsNumberDiff"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/revisions/{number}/confirm": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * The policy that waits to be confirmed stays
         * @description Needs the role admin.
         */
        readonly post: operations["postV1RevisionsNumberConfirm"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Make policy and standing decisions those of a revision; this is a new revision
         * @description Needs the role admin.
         */
        readonly post: operations["postV1Rollback"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/tokens": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Tokens, without their text
         * @description Needs the role admin.
         */
        readonly get: operations["getV1Tokens"];
        readonly put?: never;
        /**
         * Make a token; its text is shown once
         * @description Needs the role admin.
         */
        readonly post: operations["postV1Tokens"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/tokens/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Revoke a token at once
         * @description Needs the role admin.
         */
        readonly delete: operations["deleteV1TokensName"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This description */
        readonly get: operations["getOpenapiJson"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly Problem: {
            /** @example urn:penstock:problem:not-found */
            readonly type: string;
            /** @enum {string} */
            readonly code: "invalid-body" | "bad-request" | "unauthorized" | "forbidden" | "not-found" | "method-not-allowed" | "conflict" | "idempotency-in-progress" | "idempotency-unknown" | "too-large" | "unsupported-media-type" | "wrong-host" | "invalid-request" | "invalid-policy" | "idempotency-mismatch" | "refused" | "internal" | "failed" | "busy";
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            readonly problems?: readonly (components["schemas"]["RequestFault"] | components["schemas"]["PolicyProblem"])[];
            /** @description The guardrail that said no. */
            readonly guardrail?: string;
        };
        readonly RequestFault: {
            /** @description JSON Pointer (RFC 6901). */
            readonly pointer: string;
            readonly message: string;
        };
        readonly PolicyProblem: {
            readonly file: string;
            readonly line: number;
            readonly column: number;
            readonly field: string;
            readonly message: string;
            readonly expected: string;
        };
        /** @description Who a token speaks for. */
        readonly Caller: {
            readonly name: string;
            /** @enum {string} */
            readonly role: "viewer" | "operator" | "approver" | "admin";
        };
        readonly Status: {
            /** @enum {string} */
            readonly mode: "audit" | "respond" | "enforce";
            readonly startedAtMs: number;
            readonly policy: {
                readonly name: string;
                readonly digest: string;
                readonly revision: number;
            };
            /** @description The policy in force waits to be confirmed. */
            readonly trial: components["schemas"]["TrialStatus"] | null;
            readonly kernel: {
                /** @enum {string} */
                readonly table: "in-place" | "repairing" | "failed";
                readonly verifiedAtMs: number;
                readonly driftRepairs: number;
                /** @description Programs that change the table again and again; mending waits up to 2 s each time. */
                readonly contestedBy?: readonly string[];
                readonly digest: string;
                readonly error?: string;
            };
            readonly allowlist: {
                /** @description What admitted connections carry in their mark; null when nothing is enforced. */
                readonly generation: number | null;
                /** @description Of what the rules allow; 0 when nothing is enforced. */
                readonly elements: number;
                /** @description Why the kernel does not hold the allowlist of the policy in force. */
                readonly error?: string;
            };
            /** @description Why nothing can be recorded now, so that nothing is done. */
            readonly ledgerError?: string;
            readonly conntrack: {
                readonly standingFlows: number;
                readonly events: number;
                readonly lost: number;
                readonly resyncs: number;
                readonly undecodable: number;
                readonly hooksRegistered: boolean;
            };
            readonly decisions: {
                readonly pending: number;
                readonly provisional: number;
                readonly active: number;
            };
            readonly breaker: components["schemas"]["Breaker"];
            readonly openIncidents: number;
            readonly activeSuppressions: number;
            /** @description Hosts whose usual behaviour is known, and those forgotten for want of room. */
            readonly profiles: {
                readonly established: number;
                readonly evicted: number;
            };
            /** @description Deny lists in the kernel before anybody asks for what is on them. */
            readonly denyLists: {
                /** @enum {string} */
                readonly state: "off" | "loading" | "loaded" | "failed";
                readonly ranges: number;
                readonly error?: string;
            };
            /** @description Packets that the kernel dropped by the policy itself since the start. */
            readonly dropped: {
                readonly denyList: number;
                readonly allowlist: number;
                readonly untracked: number;
                /** @description Of all three: packets that became findings and evidence. */
                readonly reported: number;
                /** @description Counted only: retries, and what the kernel may not tell in a flood. */
                readonly notReported: number;
                readonly attempts: number;
                /** @description Let through, as neverBlock asks. */
                readonly spared: number;
                /** @description Dropped by the kernel and not denied by the policy. */
                readonly disagreements: number;
                /** @description Why nothing is reported. */
                readonly error?: string;
            };
            readonly blockLatency: {
                readonly count: number;
                readonly medianMs: number;
                readonly p99Ms: number;
                readonly maxMs: number;
            };
            readonly version: string;
        };
        readonly TrialStatus: {
            readonly revision: number;
            /** @description The revision that stands again when nobody confirms. */
            readonly restoreTo: number;
            readonly policyName: string;
            readonly policyDigest: string;
            readonly actor: string;
            readonly begunAtMs: number;
            readonly confirmByMs: number;
            readonly leftMs: number;
        };
        /** @description open: automation only alerts until a person closes it. */
        readonly Breaker: {
            /** @constant */
            readonly state: "closed";
        } | {
            /** @constant */
            readonly state: "open";
            readonly sinceMs: number;
            /** @description penstock, or the name of a token. */
            readonly actor: string;
            readonly reason: string;
        };
        readonly Flow: {
            /** @enum {string} */
            readonly direction: "outbound" | "inbound" | "foreign";
            readonly protocol: number;
            readonly host: string;
            readonly hostPort: number;
            readonly destination: string;
            readonly destinationPort: number;
            readonly translated: string | null;
            readonly translatedPort: number | null;
            readonly startedAtMs: number;
            readonly lastSeenAtMs: number;
            readonly replied: boolean;
            readonly bytesOut: number;
            readonly bytesIn: number;
            readonly packetsOut: number;
            readonly packetsIn: number;
            /** @enum {string} */
            readonly verdict: "allow" | "deny" | "exempt";
            readonly because: string;
        };
        readonly HostLine: {
            readonly host: string;
            readonly groups: readonly string[];
            readonly firstSeenMs: number;
            readonly lastSeenMs: number;
            /** @description Silent ones too, until it was last seen. The daemon must have run. */
            readonly hoursWatched: number;
            /** @description Connections that something answered. */
            readonly answered: number;
            /** @description The score of its open incident. */
            readonly suspicion: number;
            /**
             * @description slowed: it is suspicious; what it does more than before teaches nothing.
             * @enum {string}
             */
            readonly learning: "full" | "slowed";
            /** @description Detectors that are on and wait until it was watched for longer. */
            readonly warming: readonly ("scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier")[];
        };
        readonly Host: {
            readonly host: string;
            readonly groups: readonly string[];
            readonly firstSeenMs: number;
            readonly lastSeenMs: number;
            /** @description Silent ones too, until it was last seen. The daemon must have run. */
            readonly hoursWatched: number;
            /** @description Connections that something answered. */
            readonly answered: number;
            /** @description The score of its open incident. */
            readonly suspicion: number;
            /**
             * @description slowed: it is suspicious; what it does more than before teaches nothing.
             * @enum {string}
             */
            readonly learning: "full" | "slowed";
            /** @description Answered a few times; others are soon forgotten. */
            readonly established: boolean;
            /** @description Bytes of uploads, the most of the last week. */
            readonly mostUploaded: {
                readonly hour: number;
                /** @description null: no day before the running one was watched. */
                readonly day: number | null;
            };
            readonly runningHour: {
                readonly connections: number;
                readonly newDestinations: number;
                readonly bytesOut: number;
            };
            /** @description By hour of the week, UTC, Monday 00:00 first: share of weeks in which it was active; null: not watched. */
            readonly activity: readonly (number | null)[];
            /** @description Destinations and services that are followed over time. */
            readonly tracks: number;
            readonly knownDestinations: number;
            readonly detectors: readonly components["schemas"]["Readiness"][];
        };
        readonly Readiness: {
            /** @enum {string} */
            readonly name: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            /**
             * @description warming: the host was not watched for long enough; abstaining: what was seen is nothing to go by.
             * @enum {string}
             */
            readonly state: "ready" | "warming" | "abstaining" | "off";
            /** @description null: it is off, or does not wait for hours. */
            readonly watchedHours: number | null;
            /** @description 0: it needs no past. */
            readonly neededHours: number | null;
            /** @description What it goes by, or does meanwhile. */
            readonly words: string;
        };
        readonly HistoryPoint: {
            /** @description Start of the bucket. */
            readonly atMs: number;
            /** @description Sent by hosts of ours, IP headers included. */
            readonly bytesOut: number;
            readonly bytesIn: number;
            /** @description Begun, as conntrack saw them. */
            readonly connections: number;
            /** @description Attempts that the policy or a block said no to, whether or not their first packet had gone through. */
            readonly denied: number;
        };
        readonly HistoryItem: {
            /** @description An address, a group, the id of a rule, `tcp/443`, an ISO 3166 code, `AS64496`; in parentheses what is none of these. */
            readonly key: string;
            /** @description Of a destination or of an autonomous system, where it is known. */
            readonly name?: string;
            /** @description Sent by hosts of ours, IP headers included. */
            readonly bytesOut: number;
            readonly bytesIn: number;
            /** @description Begun, as conntrack saw them. */
            readonly connections: number;
            /** @description Attempts that the policy or a block said no to, whether or not their first packet had gone through. */
            readonly denied: number;
            readonly firstSeenMs: number;
            readonly lastSeenMs: number;
        };
        readonly Name: {
            readonly name: string;
            /** @description Rules that allow it. */
            readonly rules: readonly string[];
            readonly addresses: readonly {
                readonly address: string;
                /** @description Kept beyond that while a connection to it lives, or when it is answered again. */
                readonly untilMs: number;
                /** @description Other known names at this address, at most eight: they are reached as well. */
                readonly sharedWith: readonly string[];
            }[];
        };
        readonly NamesWatching: {
            readonly resolvers: readonly string[];
            /** @enum {string} */
            readonly whenDown: "pass" | "hold";
            /** @description How DNS comes to the daemon: nft’s queue, or the target NFQUEUE of x_tables. */
            readonly means: ("expression" | "target") | null;
            readonly counters: {
                readonly packets: number;
                readonly questions: number;
                readonly learnt: number;
                /** @description Answers to questions that nobody was seen to ask. */
                readonly unasked: number;
                /** @description Truncated answers, and aliases that make no sense. */
                readonly unusable: number;
                /** @description Addresses that were not learnt for want of room. */
                readonly refused: number;
                /** @description Addresses of ours, or that no packet leaves the link for. */
                readonly withheld: number;
                /** @description Times packets went by unseen because we read too slowly. */
                readonly lost: number;
            };
            readonly error?: string;
        };
        readonly LedgerEntry: {
            readonly seq: number;
            readonly atMs: number;
            readonly type: string;
            readonly actor: string;
            readonly subject: string | null;
            readonly body: {
                readonly [key: string]: unknown;
            };
            readonly previousHash: string;
            readonly hash: string;
        };
        readonly ProposedPolicy: {
            readonly id: string;
            /** @enum {string} */
            readonly kind: "apply" | "rollback";
            readonly policyName: string;
            readonly policyDigest: string;
            readonly insteadOf: string;
            readonly to: number | null;
            readonly confirmWithinMs: number | null;
            readonly force: boolean;
            readonly actor: string;
            readonly reason: string;
            readonly proposedAtMs: number;
            readonly answerByMs: number;
            /** @enum {string} */
            readonly state: "pending" | "approved" | "rejected" | "lapsed" | "replaced";
            readonly answer: {
                readonly actor: string;
                readonly reason: string;
                readonly atMs: number;
            } | null;
        };
        readonly PolicyPlan: {
            readonly changed: boolean;
            readonly fromDigest: string;
            readonly toDigest: string;
            readonly mode: {
                readonly from: string;
                readonly to: string;
            };
            readonly rules: components["schemas"]["Changes"];
            readonly denyLists: components["schemas"]["Changes"];
            readonly hostGroups: components["schemas"]["Changes"];
            readonly addressSets: components["schemas"]["Changes"];
            readonly services: components["schemas"]["Changes"];
            readonly schedules: components["schemas"]["Changes"];
            readonly response: components["schemas"]["Changes"];
            readonly neverBlock: components["schemas"]["Changes"];
            readonly guardrails: readonly {
                readonly field: string;
                readonly from: string;
                readonly to: string;
            }[];
            readonly flows: {
                readonly newlyDenied: number;
                readonly newlyAllowed: number;
                readonly examples: readonly string[];
            };
            /** @description Standing connections that the kernel would end. */
            readonly cuts: {
                readonly count: number;
                /** @description By the rule that allows them now. */
                readonly byRule: readonly {
                    readonly key: string;
                    readonly count: number;
                }[];
                readonly byHost: readonly {
                    readonly key: string;
                    readonly count: number;
                }[];
                readonly byDestination: readonly {
                    readonly key: string;
                    readonly count: number;
                }[];
                readonly examples: readonly string[];
            };
            /** @description Standing blocks that it would lift, because it protects their targets. */
            readonly lifts: readonly {
                readonly id: string;
                readonly target: string;
            }[];
            /** @description Paths of operators that it would cut: refused unless forced. */
            readonly cutsOperators: readonly {
                readonly from: string;
                readonly to: string;
                readonly service: {
                    readonly protocol: number;
                    readonly port: number | null;
                };
                /** @description The token; null for a connection that stands. */
                readonly actor: string | null;
                /** @enum {string} */
                readonly via: "api" | "ssh" | "connection";
                readonly because: string;
            }[];
        };
        /** @description Names of what comes, goes and changes. */
        readonly Changes: {
            readonly added: readonly string[];
            readonly removed: readonly string[];
            readonly changed: readonly string[];
        };
        readonly RuleUse: {
            readonly rule: string;
            /** @description In the policy, from 1. */
            readonly place: number;
            readonly description: string | null;
            readonly owner: string | null;
            readonly ticket: string | null;
            /** @description New connections that met it. */
            readonly hits: number;
            readonly lastHitMs: number | null;
            readonly expiresMs: number | null;
            readonly isExpired: boolean;
        };
        readonly Incident: {
            readonly id: string;
            readonly host: string;
            readonly groups: readonly string[];
            /** @enum {string} */
            readonly cause: "policyViolation" | "denyList" | "limit" | "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            readonly source: string | null;
            readonly destination: string | null;
            readonly translated: string | null;
            readonly services: readonly {
                readonly protocol: number;
                readonly port: number | null;
            }[];
            /** @enum {string} */
            readonly severity: "low" | "medium" | "high" | "critical";
            /** @description How sure it is, all evidence together; 1 for what the policy itself says. */
            readonly score: number;
            readonly count: number;
            readonly firstSeenMs: number;
            readonly lastSeenMs: number;
            /** @description When it became high or critical; null: it is not. */
            readonly raisedAtMs: number | null;
            /** @enum {string} */
            readonly state: "open" | "closed";
            readonly reasons: readonly string[];
            /** @description Of anomalies; else empty. */
            readonly evidence: readonly components["schemas"]["Evidence"][];
            /** @description Of anomalies; else null. */
            readonly story: components["schemas"]["Story"] | null;
        };
        readonly Evidence: {
            /** @enum {string} */
            readonly detector: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            /** @description null: of the host as a whole. */
            readonly destination: string | null;
            readonly service: {
                readonly protocol: number;
                readonly port: number | null;
            } | null;
            /** @description The highest that the detector said. */
            readonly confidence: number;
            readonly firstSeenMs: number;
            readonly lastSeenMs: number;
            readonly count: number;
            readonly happened: string;
            readonly normal: string;
        };
        readonly Story: {
            readonly happened: string;
            readonly normal: string;
            readonly meaning: string;
            readonly advice: string;
        };
        readonly ClosedIncident: {
            readonly id: string;
            readonly host: string;
            readonly groups: readonly string[];
            /** @enum {string} */
            readonly cause: "policyViolation" | "denyList" | "limit" | "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            readonly source: string | null;
            readonly destination: string | null;
            readonly translated: string | null;
            readonly services: readonly {
                readonly protocol: number;
                readonly port: number | null;
            }[];
            /** @enum {string} */
            readonly severity: "low" | "medium" | "high" | "critical";
            /** @description How sure it is, all evidence together; 1 for what the policy itself says. */
            readonly score: number;
            readonly count: number;
            readonly firstSeenMs: number;
            readonly lastSeenMs: number;
            /** @description When it became high or critical; null: it is not. */
            readonly raisedAtMs: number | null;
            /** @enum {string} */
            readonly state: "open" | "closed";
            readonly reasons: readonly string[];
            /** @description Of anomalies; else empty. */
            readonly evidence: readonly components["schemas"]["Evidence"][];
            /** @description Of anomalies; else null. */
            readonly story: components["schemas"]["Story"] | null;
            /** @description What it taught. */
            readonly suppressions: readonly components["schemas"]["Suppression"][];
            /** @description Why it taught nothing, where it was asked to. */
            readonly note: string | null;
        };
        readonly Suppression: {
            readonly id: string;
            /** @description The incident that was closed as false. */
            readonly incident: string;
            /** @enum {string} */
            readonly detector: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            readonly host: string;
            /** @description null: only what the detector says of the host as a whole. */
            readonly destination: string | null;
            /** @description null: whatever the service. */
            readonly service: {
                readonly protocol: number;
                readonly port: number | null;
            } | null;
            readonly reason: string;
            readonly actor: string;
            readonly createdAtMs: number;
            readonly untilMs: number;
            /** @enum {string} */
            readonly state: "active" | "revoked" | "expired";
            readonly endedAtMs: number | null;
        };
        readonly CountedSuppression: {
            readonly id: string;
            /** @description The incident that was closed as false. */
            readonly incident: string;
            /** @enum {string} */
            readonly detector: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            readonly host: string;
            /** @description null: only what the detector says of the host as a whole. */
            readonly destination: string | null;
            /** @description null: whatever the service. */
            readonly service: {
                readonly protocol: number;
                readonly port: number | null;
            } | null;
            readonly reason: string;
            readonly actor: string;
            readonly createdAtMs: number;
            readonly untilMs: number;
            /** @enum {string} */
            readonly state: "active" | "revoked" | "expired";
            readonly endedAtMs: number | null;
            /** @description Findings that it has silenced since the daemon started; null: it has ended. */
            readonly hits: number | null;
        };
        readonly Decision: {
            readonly id: string;
            readonly incident: string | null;
            readonly origin: {
                /** @constant */
                readonly kind: "automatic";
                readonly detector: string;
            } | {
                /** @constant */
                readonly kind: "manual";
                readonly actor: string;
            };
            /** @enum {string} */
            readonly action: "block" | "quarantine";
            readonly target: components["schemas"]["Target"];
            /** @enum {string} */
            readonly approval: "none" | "provisional" | "required";
            readonly ttlMs: number;
            /** @enum {string} */
            readonly state: "pending" | "provisional" | "active" | "rejected" | "lapsed" | "expired" | "revoked";
            readonly createdAtMs: number;
            readonly answerByMs: number | null;
            readonly expiresAtMs: number | null;
            /**
             * @description How many different persons must want it; left out: one.
             * @constant
             */
            readonly persons?: 2;
            readonly reason: string;
            readonly answers: readonly {
                /** @enum {string} */
                readonly verb: "approve" | "reject" | "revoke";
                readonly actor: string;
                readonly atMs: number;
                readonly reason: string;
            }[];
            /** @description What a quarantine stops besides the address named. */
            readonly coverage?: components["schemas"]["Coverage"];
            readonly enforcement: {
                /** @constant */
                readonly status: "none";
            } | {
                /** @constant */
                readonly status: "pending";
            } | {
                /** @constant */
                readonly status: "applied";
                readonly atMs: number;
            } | {
                /** @constant */
                readonly status: "failed";
                readonly atMs: number;
                readonly error: string;
            };
        };
        readonly Target: {
            /** @constant */
            readonly kind: "flow";
            readonly host: string;
            readonly destination: string;
            readonly service: {
                readonly protocol: number;
                readonly port: number | null;
            };
        } | {
            /** @constant */
            readonly kind: "destination";
            readonly prefix: string;
        } | {
            /** @constant */
            readonly kind: "host";
            readonly host: string;
            readonly allowTo: readonly string[];
        };
        readonly Coverage: {
            /** @description The host's link-layer addresses on attached networks. */
            readonly stations: readonly {
                readonly mac: string;
                readonly link: string;
                readonly bridge: string | null;
            }[];
            /** @description Besides the one named. */
            readonly addresses: readonly string[];
            /** @description Were covered and have moved elsewhere. */
            readonly released: readonly string[];
            /** @description What is not stopped, and why. */
            readonly gaps: readonly {
                /** @enum {string} */
                readonly reason: "notAttached" | "unknown" | "noStation" | "ownStation" | "protectedStation" | "sharedStation" | "othersStation" | "tooManyStations" | "contestedAddress" | "protectedAddress" | "ambiguousAddress" | "tooManyAddresses" | "segment" | "flowtable";
                readonly text: string;
            }[];
        };
        readonly Operator: {
            readonly address: string;
            /** @enum {string} */
            readonly via: "api" | "ssh";
            /** @description The address of this machine that was reached. */
            readonly local: string;
            readonly port: number;
            /** @description The name of the token. */
            readonly actor: string;
            /** @description Protected from automatic actions until then. */
            readonly untilMs: number;
        };
        readonly TriedRevision: {
            readonly number: number;
            readonly atMs: number;
            /** @enum {string} */
            readonly kind: "policy" | "decision" | "rollback";
            readonly actor: string;
            readonly reason: string;
            readonly policyDigest: string;
            readonly rulesetDigest: string | null;
            readonly restoredFrom: number | null;
            /** @description null: it needed no confirmation. */
            readonly trial: {
                /** @enum {string} */
                readonly state: "waiting" | "confirmed" | "reverted";
                /** @description The revision that stands again when nobody confirms. */
                readonly restoreTo: number;
                readonly deadlineMs: number;
                readonly end: {
                    readonly atMs: number;
                    /** @description Who confirmed it or took it back; penstock when nobody did. */
                    readonly actor: string;
                    /** @enum {string} */
                    readonly cause: "confirmed" | "deadline" | "reboot" | "unreadable" | "rollback";
                    readonly reason: string;
                    /** @description The revision that took it back. */
                    readonly revision: number | null;
                } | null;
            } | null;
        };
        readonly RevisionDifference: {
            readonly from: components["schemas"]["Revision"];
            readonly to: components["schemas"]["Revision"];
            /** @description null: it is the same, or cannot be read. */
            readonly policy: components["schemas"]["PolicyDifference"] | null;
            /** @description Revisions whose policy this version cannot read. */
            readonly unreadable: readonly number[];
            readonly decisions: {
                readonly added: readonly components["schemas"]["Decision"][];
                readonly removed: readonly components["schemas"]["Decision"][];
                readonly changed: readonly {
                    readonly from: components["schemas"]["Decision"];
                    readonly to: components["schemas"]["Decision"];
                }[];
                readonly more: number;
            };
        };
        readonly Revision: {
            readonly number: number;
            readonly atMs: number;
            /** @enum {string} */
            readonly kind: "policy" | "decision" | "rollback";
            readonly actor: string;
            readonly reason: string;
            readonly policyDigest: string;
            readonly rulesetDigest: string | null;
            readonly restoredFrom: number | null;
        };
        readonly PolicyDifference: {
            readonly parts: readonly {
                /** @example rules */
                readonly part: string;
                readonly id: string | null;
                /** @enum {string} */
                readonly change: "added" | "removed" | "changed";
                readonly fields: readonly {
                    readonly field: string;
                    readonly from: string | null;
                    readonly to: string | null;
                    /** @description Of a list: what came. */
                    readonly added: readonly string[];
                    readonly removed: readonly string[];
                }[];
            }[];
            /** @description Parts that differ besides those listed. */
            readonly more: number;
        };
        readonly Token: {
            readonly name: string;
            /** @enum {string} */
            readonly role: "viewer" | "operator" | "approver" | "admin";
            readonly createdAtMs: number;
            readonly expiresAtMs: number | null;
            /** @description To the minute; null: never used. */
            readonly lastUsedAtMs: number | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly getHealthz: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly ok: boolean;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getReadyz: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly ready: boolean;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Caller: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Caller"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Status: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Status"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Flows: {
        readonly parameters: {
            readonly query?: {
                readonly host?: string;
                readonly destination?: string;
                readonly verdict?: "allow" | "deny" | "exempt";
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly flows: readonly components["schemas"]["Flow"][];
                        readonly standing: number;
                        readonly truncated: boolean;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Hosts: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly hosts: readonly components["schemas"]["HostLine"][];
                        /** @description All hosts whose usual behaviour is known. */
                        readonly established: number;
                        readonly truncated: boolean;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1HostsHost: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly host: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Host"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1History: {
        readonly parameters: {
            readonly query?: {
                readonly host?: string;
                /** @description A host group of the policy. */
                readonly group?: string;
                /** @description An address, or the name by which it is known. */
                readonly destination?: string;
                /** @description The rule that allowed it. */
                readonly rule?: string;
                /** @description From the bucket that holds it on; default: a day before `to`. */
                readonly from?: number;
                /** @description To the bucket that holds it, with it; default: now. */
                readonly to?: number;
                readonly step?: "minute" | "hour" | "day";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {string} */
                        readonly step: "minute" | "hour" | "day";
                        /** @description One for each bucket, also where nothing was sent or nobody watched. */
                        readonly points: readonly components["schemas"]["HistoryPoint"][];
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1HistoryTop: {
        readonly parameters: {
            readonly query: {
                readonly by: "host" | "destination" | "group" | "rule" | "country" | "as" | "service";
                readonly host?: string;
                /** @description A host group of the policy. */
                readonly group?: string;
                /** @description An address, or the name by which it is known. */
                readonly destination?: string;
                /** @description The rule that allowed it. */
                readonly rule?: string;
                /** @description From the bucket that holds it on; default: a day before `to`. */
                readonly from?: number;
                /** @description To the bucket that holds it, with it; default: now. */
                readonly to?: number;
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {string} */
                        readonly by: "host" | "destination" | "group" | "rule" | "country" | "as" | "service";
                        /**
                         * @description Of the buckets that were summed: finer for short times.
                         * @enum {string}
                         */
                        readonly step: "minute" | "hour" | "day";
                        /** @description Where the first of these buckets begins. */
                        readonly fromMs: number;
                        /** @description Where the last of these buckets ends. */
                        readonly toMs: number;
                        /** @description The most bytes sent first. A host counts in each of its groups. */
                        readonly items: readonly components["schemas"]["HistoryItem"][];
                        /** @description All that has no item of its own. */
                        readonly other: {
                            /** @description Sent by hosts of ours, IP headers included. */
                            readonly bytesOut: number;
                            readonly bytesIn: number;
                            /** @description Begun, as conntrack saw them. */
                            readonly connections: number;
                            /** @description Attempts that the policy or a block said no to, whether or not their first packet had gone through. */
                            readonly denied: number;
                        };
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Names: {
        readonly parameters: {
            readonly query?: {
                readonly name?: string;
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly names: readonly components["schemas"]["Name"][];
                        readonly known: number;
                        readonly truncated: boolean;
                        /** @description null: the policy has no names. */
                        readonly watching: components["schemas"]["NamesWatching"] | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Audit: {
        readonly parameters: {
            readonly query?: {
                /** @description What comes first. */
                readonly order?: "oldest" | "newest";
                /** @description Only entries with a higher seq: `next`, oldest first. */
                readonly after?: number;
                /** @description Only entries with a lower seq: `next`, newest first. */
                readonly before?: number;
                readonly type?: string;
                /** @description Id of an incident or decision, number of a revision, a name. */
                readonly subject?: string;
                /** @description Not before this time, ms since the epoch. */
                readonly sinceMs?: number;
                /** @description Before this time. */
                readonly untilMs?: number;
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["LedgerEntry"][];
                        /** @description null: this is the last page. */
                        readonly next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Events: {
        readonly parameters: {
            readonly query?: {
                /** @description Only entries with a higher seq; the header Last-Event-ID wins. Default: only new ones. */
                readonly after?: number;
                readonly type?: string;
            };
            readonly header?: {
                /** @description Read on after this entry. */
                readonly "Last-Event-ID"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/event-stream": string;
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Policy: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly name: string;
                        readonly digest: string;
                        readonly revision: number;
                        readonly entry: string;
                        readonly files: {
                            readonly [key: string]: string;
                        };
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly putV1Policy: {
        readonly parameters: {
            readonly query?: {
                /** @description Why; goes into the ledger. */
                readonly reason?: string;
                readonly confirmWithin?: string;
                readonly force?: "true" | "false";
            };
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @example policy.yaml */
                    readonly entry: string;
                    /** @description Text of the entry, of what it includes and of deny list files, by name. */
                    readonly files: {
                        readonly [key: string]: string;
                    };
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                    /**
                     * @description The policy is taken back by itself unless it is confirmed within this time, 1s to 24h.
                     * @example 60s
                     */
                    readonly confirmWithin?: string;
                    /**
                     * @description Though it cuts the path of an operator; that it was forced goes into the ledger.
                     * @default false
                     */
                    readonly force?: boolean;
                };
                readonly "application/yaml": string;
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly revision: number;
                        readonly changed: boolean;
                        /** @description What is to be confirmed, and until when. */
                        readonly trial: components["schemas"]["TrialStatus"] | null;
                        /** @description It waits for a second person and is not in force; null where one is enough. */
                        readonly proposal: components["schemas"]["ProposedPolicy"] | null;
                        readonly digest: string;
                        readonly warnings: readonly components["schemas"]["PolicyProblem"][];
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1PolicyCheck: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @example policy.yaml */
                    readonly entry: string;
                    /** @description Text of the entry, of what it includes and of deny list files, by name. */
                    readonly files: {
                        readonly [key: string]: string;
                    };
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                };
                readonly "application/yaml": string;
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Without problems, and all of its tests pass. */
                        readonly valid: boolean;
                        readonly problems: readonly components["schemas"]["PolicyProblem"][];
                        readonly warnings: readonly components["schemas"]["PolicyProblem"][];
                        readonly tests: readonly {
                            readonly name: string;
                            readonly passed: boolean;
                            readonly failures: readonly string[];
                            readonly place: {
                                readonly file: string;
                                readonly line: number;
                                readonly column: number;
                                readonly field: string;
                            };
                        }[];
                        readonly plan: components["schemas"]["PolicyPlan"] | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1PolicyRules: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly rules: readonly components["schemas"]["RuleUse"][];
                        /** @description Since when hits are counted: the start of the daemon. */
                        readonly sinceMs: number;
                        /**
                         * @description connections: as they were seen; kernel: counted by the elements that allow them.
                         * @enum {string}
                         */
                        readonly source: "connections" | "kernel";
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Incidents: {
        readonly parameters: {
            readonly query?: {
                /** @description How many at most. */
                readonly limit?: number;
                /** @description `next` of the page before. */
                readonly before?: number;
                readonly state?: "open" | "closed";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Incident"][];
                        /** @description null: this is the last page. */
                        readonly next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1IncidentsId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1IncidentsIdClose: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                    /**
                     * @description false: it never was an incident. Needs a reason.
                     * @default resolved
                     * @enum {string}
                     */
                    readonly verdict?: "resolved" | "false";
                    /** @description With verdict false, for an anomaly: how long what its evidence says is not reported, from 1 minute to 90 days; default 30 days. null: it is reported again. */
                    readonly suppressForMs?: number | null;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClosedIncident"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Suppressions: {
        readonly parameters: {
            readonly query?: {
                /** @description How many at most. */
                readonly limit?: number;
                /** @description `next` of the page before. */
                readonly before?: number;
                readonly state?: "active" | "ended";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["CountedSuppression"][];
                        /** @description null: this is the last page. */
                        readonly next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1SuppressionsId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CountedSuppression"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1SuppressionsIdRevoke: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Suppression"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Decisions: {
        readonly parameters: {
            readonly query?: {
                /** @description How many at most. */
                readonly limit?: number;
                /** @description `next` of the page before. */
                readonly before?: number;
                readonly state?: "pending" | "provisional" | "active" | "rejected" | "lapsed" | "expired" | "revoked";
                readonly incident?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Decision"][];
                        /** @description null: this is the last page. */
                        readonly next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1Decisions: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly target: {
                        /** @constant */
                        readonly kind: "flow";
                        /** @example 203.0.113.9 */
                        readonly host: string;
                        /** @example 203.0.113.9 */
                        readonly destination: string;
                        readonly service: {
                            /** @description IANA protocol number. */
                            readonly protocol: number;
                            /**
                             * @description null: the whole protocol.
                             * @default null
                             */
                            readonly port?: number | null;
                        };
                    } | {
                        /** @constant */
                        readonly kind: "destination";
                        /** @example 203.0.113.0/24 */
                        readonly prefix: string;
                    } | {
                        /** @constant */
                        readonly kind: "host";
                        /** @example 203.0.113.9 */
                        readonly host: string;
                        readonly allowTo?: readonly string[];
                    };
                    /** @description How long it stands, from 1 s to 366 d. */
                    readonly ttlMs: number;
                    /** @description Why; goes into the ledger. */
                    readonly reason: string;
                    /**
                     * @description Though it cuts the path of an operator; that it was forced goes into the ledger.
                     * @default false
                     */
                    readonly force?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1DecisionsId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1DecisionsIdApprove: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                    /**
                     * @description Though it cuts the path of an operator; that it was forced goes into the ledger.
                     * @default false
                     */
                    readonly force?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1DecisionsIdReject: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1DecisionsIdRevoke: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1DecisionsIdUndo: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly revision: number;
                        readonly undone: string;
                        readonly withdrawn: components["schemas"]["Decision"] | null;
                        /** @description What stands or waits again, under a new id. */
                        readonly reinstated: components["schemas"]["Decision"] | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1PolicyProposal: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly proposal: components["schemas"]["ProposedPolicy"] | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1PolicyProposalsIdApprove: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly proposal: components["schemas"]["ProposedPolicy"];
                        readonly revision: number;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1PolicyProposalsIdReject: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ProposedPolicy"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Breaker: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Breaker"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1BreakerOpen: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description Why; goes into the ledger. */
                    readonly reason: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Breaker"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1BreakerClose: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description Why; goes into the ledger. */
                    readonly reason: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Breaker"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Operators: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Operator"][];
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Revisions: {
        readonly parameters: {
            readonly query?: {
                /** @description How many at most. */
                readonly limit?: number;
                /** @description `next` of the page before. */
                readonly before?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["TriedRevision"][];
                        /** @description null: this is the last page. */
                        readonly next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1RevisionsNumber: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly number: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TriedRevision"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1RevisionsNumberPolicy: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly number: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly name: string;
                        readonly digest: string;
                        readonly entry: string;
                        readonly files: {
                            readonly [key: string]: string;
                        };
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1RevisionsNumberDiff: {
        readonly parameters: {
            readonly query?: {
                readonly to?: number;
            };
            readonly header?: never;
            readonly path: {
                readonly number: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RevisionDifference"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1RevisionsNumberConfirm: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly number: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly revision: number;
                        readonly policyName: string;
                        readonly policyDigest: string;
                        readonly actor: string;
                        readonly confirmedAtMs: number;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1Rollback: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly to: number;
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    readonly reason?: string;
                    /**
                     * @description Though it cuts the path of an operator; that it was forced goes into the ledger.
                     * @default false
                     */
                    readonly force?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly revision: number;
                        readonly restoredFrom: number;
                        readonly policyChanged: boolean;
                        readonly lifted: readonly string[];
                        readonly reinstated: readonly string[];
                        readonly expired: readonly string[];
                        /** @description It waits for a second person, and nothing was changed; null where one is enough. */
                        readonly proposal: components["schemas"]["ProposedPolicy"] | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getV1Tokens: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Token"][];
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postV1Tokens: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly name: string;
                    /** @enum {string} */
                    readonly role: "viewer" | "operator" | "approver" | "admin";
                    /**
                     * @description null: does not expire.
                     * @default null
                     */
                    readonly expiresAtMs?: number | null;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly name: string;
                        /** @enum {string} */
                        readonly role: "viewer" | "operator" | "approver" | "admin";
                        readonly createdAtMs: number;
                        readonly expiresAtMs: number | null;
                        /** @description To the minute; null: never used. */
                        readonly lastUsedAtMs: number | null;
                        /** @description Shown once; null in a replayed answer. */
                        readonly token: string | null;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly deleteV1TokensName: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Token"];
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getOpenapiJson: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly [key: string]: unknown;
                    };
                };
            };
            /** @description What went wrong */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
