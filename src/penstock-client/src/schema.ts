/** Made from the OpenAPI document by `npm run client-types`; never edited by hand. */
export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: operations["getHealthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the kernel table is in place, conntrack is seen and the ledger takes entries */
        get: operations["getReadyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics in the Prometheus text format
         * @description Needs the role viewer; of a token with scopes metrics, metrics:read or read.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/caller": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whose token this is, and what it may do
         * @description Needs the role viewer.
         */
        get: operations["getV1Caller"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the daemon fares: policy, kernel table, conntrack, decisions, latency
         * @description Needs the role viewer; of a token with scopes status, status:read or read.
         */
        get: operations["getV1Status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Standing flows and what the policy says of them
         * @description Needs the role viewer; of a token with scopes flows, flows:read or read.
         */
        get: operations["getV1Flows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hosts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hosts whose usual behaviour is known, the one seen last first
         * @description Needs the role viewer; of a token with scopes hosts, hosts:read or read.
         */
        get: operations["getV1Hosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hosts/{host}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known of one host, and which detectors are ready for it
         * @description Needs the role viewer; of a token with scopes hosts, hosts:read or read.
         */
        get: operations["getV1HostsHost"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent and received over time
         * @description Needs the role viewer; of a token with scopes history, history:read or read.
         */
        get: operations["getV1History"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/history/top": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who sent most, to whom, by which rule or service
         * @description Needs the role viewer; of a token with scopes history, history:read or read.
         */
        get: operations["getV1HistoryTop"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A report on a time, made now
         * @description Needs the role viewer; of a token with scopes reports, reports:read or read.
         */
        get: operations["getV1Reports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as one HTML file that prints
         * @description Needs the role viewer; of a token with scopes reports, reports:read or read.
         */
        get: operations["getV1ReportsHtml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One table of it as CSV
         * @description Needs the role viewer; of a token with scopes reports, reports:read or read.
         */
        get: operations["getV1ReportsCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/kept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reports that came by themselves, the newest first
         * @description Needs the role viewer; of a token with scopes reports, reports:read or read.
         */
        get: operations["getV1ReportsKept"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/kept/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One of them
         * @description Needs the role viewer; of a token with scopes reports, reports:read or read.
         */
        get: operations["getV1ReportsKeptName"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/names": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Names that rules allow and resolvers have answered, with their addresses
         * @description Needs the role viewer; of a token with scopes names, names:read or read.
         */
        get: operations["getV1Names"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ledger entries
         * @description Needs the role viewer; of a token with scopes audit, audit:read or read.
         */
        get: operations["getV1Audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ledger entries as server-sent events
         * @description Needs the role viewer; of a token with scopes events, events:read or read.
         */
        get: operations["getV1Events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The policy in force, as it was written
         * @description Needs the role viewer; of a token with scopes policy, policy:read or read.
         */
        get: operations["getV1Policy"];
        /**
         * Put a policy in force; one with a problem or a failing test changes nothing
         * @description Needs the role admin; of a token with scopes policy.
         */
        put: operations["putV1Policy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What is wrong with a policy and what it would change; changes nothing
         * @description Needs the role operator; of a token with scopes policy, policy:read or read.
         */
        post: operations["postV1PolicyCheck"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rules of the policy in force, and how often each was used since the daemon started
         * @description Needs the role viewer; of a token with scopes policy, policy:read or read.
         */
        get: operations["getV1PolicyRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Incidents, newest first
         * @description Needs the role viewer; of a token with scopes incidents, incidents:read or read.
         */
        get: operations["getV1Incidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One incident
         * @description Needs the role viewer; of a token with scopes incidents, incidents:read or read.
         */
        get: operations["getV1IncidentsId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close an incident; as false, what its evidence says is not reported for a while (role approver)
         * @description Needs the role operator; of a token with scopes incidents.
         */
        post: operations["postV1IncidentsIdClose"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}/stix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One incident as a bundle of STIX 2.1, for others
         * @description Needs the role viewer; of a token with scopes incidents, incidents:read or read.
         */
        get: operations["getV1IncidentsIdStix"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Bundles of evidence that were sealed, newest first
         * @description Needs the role operator; of a token with scopes evidence, evidence:read or read.
         */
        get: operations["getV1Evidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is kept of an incident, and its hashes
         * @description Needs the role operator; of a token with scopes incidents, incidents:read or read.
         */
        get: operations["getV1IncidentsIdEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}/evidence/bundle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bundle of an incident; that it was fetched goes into the ledger
         * @description Needs the role operator; of a token with scopes incidents, incidents:read or read.
         */
        get: operations["getV1IncidentsIdEvidenceBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suppressions, newest first
         * @description Needs the role viewer; of a token with scopes suppressions, suppressions:read or read.
         */
        get: operations["getV1Suppressions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/suppressions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One suppression
         * @description Needs the role viewer; of a token with scopes suppressions, suppressions:read or read.
         */
        get: operations["getV1SuppressionsId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/suppressions/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a suppression at once; what it silenced is reported again
         * @description Needs the role operator; of a token with scopes suppressions.
         */
        post: operations["postV1SuppressionsIdRevoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Decisions, newest first
         * @description Needs the role viewer; of a token with scopes decisions, decisions:read or read.
         */
        get: operations["getV1Decisions"];
        put?: never;
        /**
         * Block a flow or a destination, or quarantine a host; stands at once, unless it takes two persons
         * @description Needs the role operator; of a token with scopes decisions.
         */
        post: operations["postV1Decisions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One decision
         * @description Needs the role viewer; of a token with scopes decisions, decisions:read or read.
         */
        get: operations["getV1DecisionsId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a pending or provisional block stand for its whole time, or be the first of two who want it
         * @description Needs the role approver; of a token with scopes decisions.
         */
        post: operations["postV1DecisionsIdApprove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuse a pending block, or lift a provisional one at once
         * @description Needs the role approver; of a token with scopes decisions.
         */
        post: operations["postV1DecisionsIdReject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift a standing block at once
         * @description Needs the role operator; of a token with scopes decisions.
         */
        post: operations["postV1DecisionsIdRevoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take back the last change of one decision; this is a new revision
         * @description Needs the role approver; of a token with scopes decisions.
         */
        post: operations["postV1DecisionsIdUndo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy/proposal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The change of policy that waits for a second person
         * @description Needs the role viewer; of a token with scopes policy, policy:read or read.
         */
        get: operations["getV1PolicyProposal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy/proposals/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Be the second person who wants a change of policy: it is carried out
         * @description Needs the role approver; of a token with scopes policy.
         */
        post: operations["postV1PolicyProposalsIdApprove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy/proposals/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuse a change of policy that waits for a second person
         * @description Needs the role approver; of a token with scopes policy.
         */
        post: operations["postV1PolicyProposalsIdReject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/breaker": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether automation may act, or only alerts since blocks spiked
         * @description Needs the role viewer; of a token with scopes breaker, breaker:read or read.
         */
        get: operations["getV1Breaker"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/breaker/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop automation: it only alerts until the breaker is closed; what stands goes on standing
         * @description Needs the role operator; of a token with scopes breaker.
         */
        post: operations["postV1BreakerOpen"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/breaker/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let automation act again, upon all that stands now
         * @description Needs the role approver; of a token with scopes breaker.
         */
        post: operations["postV1BreakerClose"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * From where people run Penstock: addresses that no automatic action touches
         * @description Needs the role operator; of a token with scopes operators, operators:read or read.
         */
        get: operations["getV1Operators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Revisions, newest first
         * @description Needs the role viewer; of a token with scopes revisions, revisions:read or read.
         */
        get: operations["getV1Revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One revision
         * @description Needs the role viewer; of a token with scopes revisions, revisions:read or read.
         */
        get: operations["getV1RevisionsNumber"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/revisions/{number}/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The policy of a revision, as it was written
         * @description Needs the role viewer; of a token with scopes revisions, revisions:read or read.
         */
        get: operations["getV1RevisionsNumberPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/revisions/{number}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What differs between a revision and another one, by default the last
         * @description Needs the role viewer; of a token with scopes revisions, revisions:read or read.
         */
        get: operations["getV1RevisionsNumberDiff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/revisions/{number}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The policy that waits to be confirmed stays
         * @description Needs the role admin; of a token with scopes revisions.
         */
        post: operations["postV1RevisionsNumberConfirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make policy and standing decisions those of a revision; this is a new revision
         * @description Needs the role admin; of a token with scopes revisions.
         */
        post: operations["postV1Rollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/sinks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where alerts go, and how each sink fares
         * @description Needs the role viewer; of a token with scopes alerts, alerts:read or read.
         */
        get: operations["getV1AlertsSinks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test alert now, past what waits; says whether each sink took it
         * @description Needs the role operator; of a token with scopes alerts.
         */
        post: operations["postV1AlertsTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tokens by name, without their text
         * @description Needs the role admin; of a token with scopes tokens, tokens:read or read.
         */
        get: operations["getV1Tokens"];
        put?: never;
        /**
         * Make a token; its text is shown once
         * @description Needs the role admin; of a token with scopes tokens.
         */
        post: operations["postV1Tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a token at once
         * @description Needs the role admin; of a token with scopes tokens.
         */
        delete: operations["deleteV1TokensName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description */
        get: operations["getOpenapiJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            /** @example urn:penstock:problem:not-found */
            type: string;
            /** @enum {string} */
            code: "invalid-body" | "bad-request" | "unauthorized" | "forbidden" | "cross-site" | "not-found" | "method-not-allowed" | "conflict" | "idempotency-in-progress" | "idempotency-unknown" | "precondition-failed" | "too-large" | "unsupported-media-type" | "wrong-host" | "invalid-request" | "invalid-policy" | "idempotency-mismatch" | "refused" | "too-many-requests" | "internal" | "failed" | "identity-provider" | "busy";
            title: string;
            status: number;
            detail: string;
            problems?: (components["schemas"]["RequestFault"] | components["schemas"]["PolicyProblem"])[];
            /** @description The guardrail that said no. */
            guardrail?: string;
        };
        RequestFault: {
            /** @description JSON Pointer (RFC 6901). */
            pointer: string;
            message: string;
        };
        PolicyProblem: {
            file: string;
            line: number;
            column: number;
            field: string;
            message: string;
            expected: string;
        };
        /** @description Who a token speaks for. */
        Caller: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "approver" | "admin";
            /** @description null: all that the role may. */
            scopes: ("read" | "alerts" | "alerts:read" | "audit" | "audit:read" | "breaker" | "breaker:read" | "decisions" | "decisions:read" | "events" | "events:read" | "evidence" | "evidence:read" | "flows" | "flows:read" | "history" | "history:read" | "hosts" | "hosts:read" | "incidents" | "incidents:read" | "metrics" | "metrics:read" | "names" | "names:read" | "operators" | "operators:read" | "policy" | "policy:read" | "reports" | "reports:read" | "revisions" | "revisions:read" | "status" | "status:read" | "suppressions" | "suppressions:read" | "tokens" | "tokens:read")[] | null;
            expiresAtMs: number | null;
        };
        Status: {
            /** @enum {string} */
            mode: "audit" | "respond" | "enforce";
            startedAtMs: number;
            policy: {
                name: string;
                digest: string;
                revision: number;
            };
            /** @description The policy in force waits to be confirmed. */
            trial: components["schemas"]["TrialStatus"] | null;
            kernel: {
                /** @enum {string} */
                table: "in-place" | "repairing" | "failed";
                verifiedAtMs: number;
                driftRepairs: number;
                /** @description Programs that change the table again and again; mending waits up to 2 s each time. */
                contestedBy?: string[];
                digest: string;
                error?: string;
            };
            allowlist: {
                /** @description What admitted connections carry in their mark; null when nothing is enforced. */
                generation: number | null;
                /** @description Of what the rules allow; 0 when nothing is enforced. */
                elements: number;
                /** @description Why the kernel does not hold the allowlist of the policy in force. */
                error?: string;
            };
            /** @description Why nothing can be recorded now, so that nothing is done. */
            ledgerError?: string;
            conntrack: {
                standingFlows: number;
                events: number;
                lost: number;
                resyncs: number;
                undecodable: number;
                hooksRegistered: boolean;
            };
            decisions: {
                pending: number;
                provisional: number;
                active: number;
            };
            breaker: components["schemas"]["Breaker"];
            openIncidents: number;
            activeSuppressions: number;
            /** @description Hosts whose usual behaviour is known, and those forgotten for want of room. */
            profiles: {
                established: number;
                evicted: number;
            };
            /** @description Deny lists in the kernel before anybody asks for what is on them. */
            denyLists: {
                /** @enum {string} */
                state: "off" | "loading" | "loaded" | "failed";
                ranges: number;
                error?: string;
            };
            /** @description Packets that the kernel dropped by the policy itself since the start. */
            dropped: {
                denyList: number;
                allowlist: number;
                untracked: number;
                /** @description Over a limit of the rule that allows it, in mode enforce. */
                limits: number;
                /** @description Of all four, but for packets over a limit of bytes: packets that became findings and evidence. */
                reported: number;
                /** @description Counted only: retries, and what the kernel may not tell in a flood. */
                notReported: number;
                attempts: number;
                /** @description Let through, as neverBlock asks. */
                spared: number;
                /** @description Dropped by the kernel and not denied by the policy. */
                disagreements: number;
                /** @description Why nothing is reported. */
                error?: string;
            };
            blockLatency: {
                count: number;
                medianMs: number;
                p99Ms: number;
                maxMs: number;
            };
            version: string;
            /** @description How many sinks alerts go to, and which of them do not take any now. */
            alerts: {
                sinks: number;
                failing: string[];
            };
        };
        TrialStatus: {
            revision: number;
            /** @description The revision that stands again when nobody confirms. */
            restoreTo: number;
            policyName: string;
            policyDigest: string;
            actor: string;
            begunAtMs: number;
            confirmByMs: number;
            leftMs: number;
        };
        /** @description open: automation only alerts until a person closes it. */
        Breaker: {
            /** @constant */
            state: "closed";
        } | {
            /** @constant */
            state: "open";
            sinceMs: number;
            /** @description penstock, or the name of a token. */
            actor: string;
            reason: string;
        };
        Flow: {
            /** @enum {string} */
            direction: "outbound" | "inbound" | "foreign";
            protocol: number;
            host: string;
            hostPort: number;
            destination: string;
            destinationPort: number;
            translated: string | null;
            translatedPort: number | null;
            startedAtMs: number;
            lastSeenAtMs: number;
            replied: boolean;
            bytesOut: number;
            bytesIn: number;
            packetsOut: number;
            packetsIn: number;
            /** @enum {string} */
            verdict: "allow" | "deny" | "exempt";
            because: string;
        };
        HostLine: {
            host: string;
            readonly groups: string[];
            firstSeenMs: number;
            lastSeenMs: number;
            /** @description Silent ones too, until it was last seen. The daemon must have run. */
            hoursWatched: number;
            /** @description Connections that something answered. */
            answered: number;
            /** @description The score of its open incident. */
            suspicion: number;
            /**
             * @description slowed: it is suspicious; what it does more than before teaches nothing.
             * @enum {string}
             */
            learning: "full" | "slowed";
            /** @description Detectors that are on and wait until it was watched for longer. */
            readonly warming: ("scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier")[];
        };
        Host: {
            host: string;
            readonly groups: string[];
            firstSeenMs: number;
            lastSeenMs: number;
            /** @description Silent ones too, until it was last seen. The daemon must have run. */
            hoursWatched: number;
            /** @description Connections that something answered. */
            answered: number;
            /** @description The score of its open incident. */
            suspicion: number;
            /**
             * @description slowed: it is suspicious; what it does more than before teaches nothing.
             * @enum {string}
             */
            learning: "full" | "slowed";
            /** @description Answered a few times; others are soon forgotten. */
            established: boolean;
            /** @description Bytes of uploads, the most of the last week. */
            mostUploaded: {
                hour: number;
                /** @description null: no day before the running one was watched. */
                day: number | null;
            };
            runningHour: {
                connections: number;
                newDestinations: number;
                bytesOut: number;
            };
            /** @description By hour of the week, UTC, Monday 00:00 first: share of weeks in which it was active; null: not watched. */
            readonly activity: (number | null)[];
            /** @description Destinations and services that are followed over time. */
            tracks: number;
            knownDestinations: number;
            readonly detectors: components["schemas"]["Readiness"][];
        };
        Readiness: {
            /** @enum {string} */
            name: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            /**
             * @description warming: the host was not watched for long enough; abstaining: what was seen is nothing to go by.
             * @enum {string}
             */
            state: "ready" | "warming" | "abstaining" | "off";
            /** @description null: it is off, or does not wait for hours. */
            watchedHours: number | null;
            /** @description 0: it needs no past. */
            neededHours: number | null;
            /** @description What it goes by, or does meanwhile. */
            words: string;
        };
        HistoryPoint: {
            /** @description Start of the bucket. */
            atMs: number;
            /** @description Sent by hosts of ours, IP headers included. */
            bytesOut: number;
            bytesIn: number;
            /** @description Begun, as conntrack saw them. */
            connections: number;
            /** @description Attempts that the policy or a block said no to, whether or not their first packet had gone through. */
            denied: number;
        };
        HistoryItem: {
            /** @description An address, a group, the id of a rule, `tcp/443`, an ISO 3166 code, `AS64496`; in parentheses what is none of these. */
            key: string;
            /** @description Of a destination or of an autonomous system, where it is known. */
            name?: string;
            /** @description Sent by hosts of ours, IP headers included. */
            bytesOut: number;
            bytesIn: number;
            /** @description Begun, as conntrack saw them. */
            connections: number;
            /** @description Attempts that the policy or a block said no to, whether or not their first packet had gone through. */
            denied: number;
            firstSeenMs: number;
            lastSeenMs: number;
        };
        Report: {
            period: {
                fromMs: number;
                toMs: number;
            };
            madeAtMs: number;
            host: string;
            version: string;
            policy: {
                name: string;
                digest: string;
                revision: number;
                mode: string;
                rules: number;
            } | null;
            /** @description What cannot be told, and why. */
            readonly gaps: string[];
            traffic: {
                total: {
                    bytesOut: number;
                    bytesIn: number;
                    connections: number;
                    denied: number;
                };
                /** @enum {string} */
                step: "hour" | "day";
                readonly points: {
                    atMs: number;
                    bytesOut: number;
                    bytesIn: number;
                    connections: number;
                    denied: number;
                }[];
                groups: {
                    readonly lines: {
                        key: string;
                        name?: string;
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    }[];
                    other: {
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    };
                };
                hosts: {
                    readonly lines: {
                        key: string;
                        name?: string;
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    }[];
                    other: {
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    };
                };
                destinations: {
                    readonly lines: {
                        key: string;
                        name?: string;
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    }[];
                    other: {
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    };
                };
                services: {
                    readonly lines: {
                        key: string;
                        name?: string;
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    }[];
                    other: {
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    };
                };
                rules: {
                    readonly lines: {
                        key: string;
                        name?: string;
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    }[];
                    other: {
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    };
                };
                /** @description null: no database is given. */
                countries: {
                    readonly lines: {
                        key: string;
                        name?: string;
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    }[];
                    other: {
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    };
                } | null;
                systems: {
                    readonly lines: {
                        key: string;
                        name?: string;
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    }[];
                    other: {
                        bytesOut: number;
                        bytesIn: number;
                        connections: number;
                        denied: number;
                    };
                } | null;
            } | null;
            rules: {
                unused: {
                    readonly lines: {
                        rule: string;
                        owner: string | null;
                        ticket: string | null;
                        description: string | null;
                        lastHitMs: number | null;
                    }[];
                    more: number;
                };
                expiring: {
                    readonly lines: {
                        rule: string;
                        owner: string | null;
                        ticket: string | null;
                        expiresMs: number;
                        isExpired: boolean;
                    }[];
                    more: number;
                };
                wide: {
                    readonly lines: {
                        rule: string;
                        owner: string | null;
                        readonly because: string[];
                        used: {
                            bytesOut: number;
                            bytesIn: number;
                            connections: number;
                            denied: number;
                            destinations: number;
                            services: number;
                        };
                        /** @description What would have been enough for what was seen; null: nothing was seen. */
                        narrower: {
                            readonly cidrs: string[];
                            readonly services: string[];
                            readonly names: string[];
                            /** @description Share of the rule's bytes that went to these. */
                            covers: number;
                            readonly remarks: string[];
                        } | null;
                    }[];
                    more: number;
                };
            } | null;
            approvals: {
                asked: number;
                approved: number;
                rejected: number;
                lapsed: number;
                open: number;
                response: {
                    count: number;
                    /** @description ms */
                    medianMs: number;
                    /** @description ms */
                    p90Ms: number;
                    /** @description ms */
                    maxMs: number;
                } | null;
                readonly persons: {
                    actor: string;
                    approved: number;
                    rejected: number;
                    revoked: number;
                    medianMs: number | null;
                }[];
                lines: {
                    readonly lines: {
                        id: string;
                        askedAtMs: number;
                        action: string;
                        target: string;
                        /** @enum {string} */
                        outcome: "approved" | "rejected" | "lapsed" | "open" | "ended";
                        actor: string | null;
                        afterMs: number | null;
                        reason: string;
                    }[];
                    more: number;
                };
            };
            incidents: {
                opened: number;
                closed: number;
                bySeverity: {
                    low: number;
                    medium: number;
                    high: number;
                    critical: number;
                };
                readonly causes: {
                    cause: string;
                    opened: number;
                    false: number;
                    resolved: number;
                    quiet: number;
                }[];
                false: number;
                suppressions: {
                    created: number;
                    revoked: number;
                    expired: number;
                };
                worst: {
                    readonly lines: {
                        id: string;
                        /** @enum {string} */
                        severity: "low" | "medium" | "high" | "critical";
                        cause: string;
                        host: string;
                        destination: string | null;
                        openedAtMs: number;
                        verdict: string | null;
                        reason: string;
                    }[];
                    more: number;
                };
            };
            blocks: {
                automatic: number;
                manual: number;
                quarantines: number;
                stood: {
                    count: number;
                    /** @description ms */
                    medianMs: number;
                    /** @description ms */
                    totalMs: number;
                };
                revoked: number;
                expired: number;
                failed: number;
                wrong: number;
                readonly vetoes: {
                    guardrail: string;
                    count: number;
                }[];
            };
            changes: {
                lines: {
                    readonly lines: {
                        atMs: number;
                        actor: string;
                        what: string;
                        detail: string;
                    }[];
                    more: number;
                };
                policies: number;
                rollbacks: number;
                refused: number;
                readonly persons: {
                    actor: string;
                    policies: number;
                    rollbacks: number;
                }[];
            };
            drift: {
                found: number;
                repaired: number;
                failed: number;
                contested: number;
                readonly culprits: {
                    name: string;
                    count: number;
                }[];
                eventsLost: number;
            };
            audit: {
                sound: boolean;
                entries: number;
                inPeriod: number;
                headHash: string;
                problem: string | null;
            };
        };
        Name: {
            name: string;
            /** @description Rules that allow it. */
            rules: string[];
            addresses: {
                address: string;
                /** @description Kept beyond that while a connection to it lives, or when it is answered again. */
                untilMs: number;
                /** @description Other known names at this address, at most eight: they are reached as well. */
                sharedWith: string[];
            }[];
        };
        NamesWatching: {
            resolvers: string[];
            /** @enum {string} */
            whenDown: "pass" | "hold";
            /** @description How DNS comes to the daemon: nft’s queue, or the target NFQUEUE of x_tables. */
            means: ("expression" | "target") | null;
            counters: {
                packets: number;
                questions: number;
                learnt: number;
                /** @description Answers to questions that nobody was seen to ask. */
                unasked: number;
                /** @description Truncated answers, and aliases that make no sense. */
                unusable: number;
                /** @description Addresses that were not learnt for want of room. */
                refused: number;
                /** @description Addresses of ours, or that no packet leaves the link for. */
                withheld: number;
                /** @description Times packets went by unseen because we read too slowly. */
                lost: number;
            };
            error?: string;
        };
        LedgerEntry: {
            seq: number;
            atMs: number;
            type: string;
            actor: string;
            subject: string | null;
            body: {
                [key: string]: unknown;
            };
            previousHash: string;
            hash: string;
        };
        ProposedPolicy: {
            id: string;
            /** @enum {string} */
            kind: "apply" | "rollback";
            policyName: string;
            policyDigest: string;
            insteadOf: string;
            to: number | null;
            confirmWithinMs: number | null;
            force: boolean;
            actor: string;
            reason: string;
            proposedAtMs: number;
            answerByMs: number;
            /** @enum {string} */
            state: "pending" | "approved" | "rejected" | "lapsed" | "replaced";
            answer: {
                actor: string;
                reason: string;
                atMs: number;
            } | null;
        };
        PolicyPlan: {
            changed: boolean;
            fromDigest: string;
            toDigest: string;
            mode: {
                from: string;
                to: string;
            };
            rules: components["schemas"]["Changes"];
            denyLists: components["schemas"]["Changes"];
            hostGroups: components["schemas"]["Changes"];
            addressSets: components["schemas"]["Changes"];
            services: components["schemas"]["Changes"];
            schedules: components["schemas"]["Changes"];
            response: components["schemas"]["Changes"];
            neverBlock: components["schemas"]["Changes"];
            guardrails: {
                field: string;
                from: string;
                to: string;
            }[];
            flows: {
                newlyDenied: number;
                newlyAllowed: number;
                examples: string[];
            };
            /** @description Standing connections that the kernel would end. */
            cuts: {
                count: number;
                /** @description By the rule that allows them now. */
                byRule: {
                    key: string;
                    count: number;
                }[];
                byHost: {
                    key: string;
                    count: number;
                }[];
                byDestination: {
                    key: string;
                    count: number;
                }[];
                examples: string[];
            };
            /** @description Standing blocks that it would lift, because it protects their targets. */
            lifts: {
                id: string;
                target: string;
            }[];
            /** @description Paths of operators that it would cut: refused unless forced. */
            cutsOperators: {
                from: string;
                to: string;
                service: {
                    protocol: number;
                    port: number | null;
                };
                /** @description The token; null for a connection that stands. */
                actor: string | null;
                /** @enum {string} */
                via: "api" | "ssh" | "connection";
                because: string;
            }[];
        };
        /** @description Names of what comes, goes and changes. */
        Changes: {
            added: string[];
            removed: string[];
            changed: string[];
        };
        RuleUse: {
            rule: string;
            /** @description In the policy, from 1. */
            place: number;
            description: string | null;
            owner: string | null;
            ticket: string | null;
            /** @description New connections that met it. */
            hits: number;
            lastHitMs: number | null;
            /** @description Since when its hits are counted: since it says what it says, over restarts. */
            sinceMs: number;
            expiresMs: number | null;
            isExpired: boolean;
        };
        Incident: {
            id: string;
            host: string;
            readonly groups: string[];
            /** @enum {string} */
            cause: "policyViolation" | "denyList" | "limit" | "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            source: string | null;
            destination: string | null;
            translated: string | null;
            readonly services: {
                protocol: number;
                port: number | null;
            }[];
            /** @enum {string} */
            severity: "low" | "medium" | "high" | "critical";
            /** @description How sure it is, all evidence together; 1 for what the policy itself says. */
            score: number;
            count: number;
            firstSeenMs: number;
            lastSeenMs: number;
            /** @description When it became high or critical; null: it is not. */
            raisedAtMs: number | null;
            /** @enum {string} */
            state: "open" | "closed";
            readonly reasons: string[];
            /** @description Of anomalies; else empty. */
            readonly evidence: components["schemas"]["Evidence"][];
            /** @description Of anomalies; else null. */
            story: components["schemas"]["Story"] | null;
        };
        Evidence: {
            /** @enum {string} */
            detector: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            /** @description null: of the host as a whole. */
            destination: string | null;
            service: {
                protocol: number;
                port: number | null;
            } | null;
            /** @description The highest that the detector said. */
            confidence: number;
            firstSeenMs: number;
            lastSeenMs: number;
            count: number;
            happened: string;
            normal: string;
        };
        Story: {
            happened: string;
            normal: string;
            meaning: string;
            advice: string;
        };
        ClosedIncident: {
            id: string;
            host: string;
            readonly groups: string[];
            /** @enum {string} */
            cause: "policyViolation" | "denyList" | "limit" | "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            source: string | null;
            destination: string | null;
            translated: string | null;
            readonly services: {
                protocol: number;
                port: number | null;
            }[];
            /** @enum {string} */
            severity: "low" | "medium" | "high" | "critical";
            /** @description How sure it is, all evidence together; 1 for what the policy itself says. */
            score: number;
            count: number;
            firstSeenMs: number;
            lastSeenMs: number;
            /** @description When it became high or critical; null: it is not. */
            raisedAtMs: number | null;
            /** @enum {string} */
            state: "open" | "closed";
            readonly reasons: string[];
            /** @description Of anomalies; else empty. */
            readonly evidence: components["schemas"]["Evidence"][];
            /** @description Of anomalies; else null. */
            story: components["schemas"]["Story"] | null;
            /** @description What it taught. */
            readonly suppressions: components["schemas"]["Suppression"][];
            /** @description Why it taught nothing, where it was asked to. */
            note: string | null;
        };
        Suppression: {
            id: string;
            /** @description The incident that was closed as false. */
            incident: string;
            /** @enum {string} */
            detector: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            host: string;
            /** @description null: only what the detector says of the host as a whole. */
            destination: string | null;
            /** @description null: whatever the service. */
            service: {
                protocol: number;
                port: number | null;
            } | null;
            reason: string;
            actor: string;
            createdAtMs: number;
            untilMs: number;
            /** @enum {string} */
            state: "active" | "revoked" | "expired";
            endedAtMs: number | null;
        };
        StixBundle: {
            /** @constant */
            type: "bundle";
            id: string;
            objects: {
                [key: string]: unknown;
            }[];
        };
        EvidenceBundle: {
            seq: number;
            incident: string;
            /**
             * @description collecting: it is not sealed yet; missing: it was sealed, and the file is not there though nobody is known to have deleted it.
             * @enum {string}
             */
            state: "collecting" | "sealed" | "failed" | "deleted" | "missing";
            /** @description When it came into this state. */
            atMs: number;
            /** @description Why it failed or was deleted. */
            reason: string | null;
            /** @description As it was sealed. */
            bundle: {
                name: string;
                bytes: number;
                packets: number;
                /** @description Hex. */
                manifestSha256: string;
                /** @description Hex. */
                bundleSha256: string;
                /** @description The ledger's end as it was sealed. */
                ledger: {
                    seq: number;
                    /** @description Hex. */
                    hash: string;
                };
            } | null;
        };
        CountedSuppression: {
            id: string;
            /** @description The incident that was closed as false. */
            incident: string;
            /** @enum {string} */
            detector: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            host: string;
            /** @description null: only what the detector says of the host as a whole. */
            destination: string | null;
            /** @description null: whatever the service. */
            service: {
                protocol: number;
                port: number | null;
            } | null;
            reason: string;
            actor: string;
            createdAtMs: number;
            untilMs: number;
            /** @enum {string} */
            state: "active" | "revoked" | "expired";
            endedAtMs: number | null;
            /** @description Findings that it has silenced since the daemon started; null: it has ended. */
            hits: number | null;
        };
        Decision: {
            id: string;
            incident: string | null;
            origin: {
                /** @constant */
                kind: "automatic";
                detector: string;
            } | {
                /** @constant */
                kind: "manual";
                actor: string;
            };
            /** @enum {string} */
            action: "block" | "quarantine";
            target: components["schemas"]["Target"];
            /** @enum {string} */
            approval: "none" | "provisional" | "required";
            ttlMs: number;
            /** @enum {string} */
            state: "pending" | "provisional" | "active" | "rejected" | "lapsed" | "expired" | "revoked";
            createdAtMs: number;
            answerByMs: number | null;
            expiresAtMs: number | null;
            /**
             * @description How many different persons must want it; left out: one.
             * @constant
             */
            persons?: 2;
            reason: string;
            readonly answers: {
                /** @enum {string} */
                verb: "approve" | "reject" | "revoke";
                actor: string;
                atMs: number;
                reason: string;
            }[];
            /** @description What a quarantine stops besides the address named. */
            coverage?: components["schemas"]["Coverage"];
            enforcement: {
                /** @constant */
                status: "none";
            } | {
                /** @constant */
                status: "pending";
            } | {
                /** @constant */
                status: "applied";
                atMs: number;
            } | {
                /** @constant */
                status: "failed";
                atMs: number;
                error: string;
            };
        };
        Target: {
            /** @constant */
            kind: "flow";
            host: string;
            destination: string;
            service: {
                protocol: number;
                port: number | null;
            };
        } | {
            /** @constant */
            kind: "destination";
            prefix: string;
        } | {
            /** @constant */
            kind: "host";
            host: string;
            readonly allowTo: string[];
        };
        Coverage: {
            /** @description The host's link-layer addresses on attached networks. */
            readonly stations: {
                mac: string;
                link: string;
                bridge: string | null;
            }[];
            /** @description Besides the one named. */
            readonly addresses: string[];
            /** @description Were covered and have moved elsewhere. */
            readonly released: string[];
            /** @description What is not stopped, and why. */
            readonly gaps: {
                /** @enum {string} */
                reason: "notAttached" | "unknown" | "noStation" | "ownStation" | "protectedStation" | "sharedStation" | "othersStation" | "tooManyStations" | "contestedAddress" | "protectedAddress" | "ambiguousAddress" | "tooManyAddresses" | "segment" | "flowtable";
                text: string;
            }[];
        };
        Operator: {
            address: string;
            /** @enum {string} */
            via: "api" | "ssh";
            /** @description The address of this machine that was reached. */
            local: string;
            port: number;
            /** @description The name of the token. */
            actor: string;
            /** @description Protected from automatic actions until then. */
            untilMs: number;
        };
        TriedRevision: {
            number: number;
            atMs: number;
            /** @enum {string} */
            kind: "policy" | "decision" | "rollback";
            actor: string;
            reason: string;
            policyDigest: string;
            rulesetDigest: string | null;
            restoredFrom: number | null;
            /** @description null: it needed no confirmation. */
            trial: {
                /** @enum {string} */
                state: "waiting" | "confirmed" | "reverted";
                /** @description The revision that stands again when nobody confirms. */
                restoreTo: number;
                deadlineMs: number;
                end: {
                    atMs: number;
                    /** @description Who confirmed it or took it back; penstock when nobody did. */
                    actor: string;
                    /** @enum {string} */
                    cause: "confirmed" | "deadline" | "reboot" | "unreadable" | "rollback";
                    reason: string;
                    /** @description The revision that took it back. */
                    revision: number | null;
                } | null;
            } | null;
        };
        RevisionDifference: {
            from: components["schemas"]["Revision"];
            to: components["schemas"]["Revision"];
            /** @description null: it is the same, or cannot be read. */
            policy: components["schemas"]["PolicyDifference"] | null;
            /** @description Revisions whose policy this version cannot read. */
            readonly unreadable: number[];
            decisions: {
                readonly added: components["schemas"]["Decision"][];
                readonly removed: components["schemas"]["Decision"][];
                readonly changed: {
                    from: components["schemas"]["Decision"];
                    to: components["schemas"]["Decision"];
                }[];
                more: number;
            };
        };
        Revision: {
            number: number;
            atMs: number;
            /** @enum {string} */
            kind: "policy" | "decision" | "rollback";
            actor: string;
            reason: string;
            policyDigest: string;
            rulesetDigest: string | null;
            restoredFrom: number | null;
        };
        PolicyDifference: {
            readonly parts: {
                /** @example rules */
                part: string;
                id: string | null;
                /** @enum {string} */
                change: "added" | "removed" | "changed";
                readonly fields: {
                    field: string;
                    from: string | null;
                    to: string | null;
                    /** @description Of a list: what came. */
                    readonly added: string[];
                    readonly removed: string[];
                }[];
            }[];
            /** @description Parts that differ besides those listed. */
            more: number;
        };
        AlertSink: {
            /** @description Its name in the configuration. */
            sink: string;
            type: string;
            /**
             * @description waiting: held back by its rate limit; failing: tried again and again.
             * @enum {string}
             */
            state: "idle" | "delivering" | "waiting" | "failing";
            /** @description Ledger entries that it has not passed; not each of them is an alert. */
            backlog: number;
            /** @description Alerts taken since the start. */
            delivered: number;
            /** @description Attempts that failed since the start. */
            failures: number;
            /** @description Alerts given up since the start; see alert.failed. */
            refused: number;
            lastSuccessMs: number | null;
            failingSinceMs: number | null;
            /** @description Why the last attempt failed. */
            error: string | null;
        };
        AlertSinkTest: {
            sink: string;
            delivered: boolean;
            tookMs: number;
            error: string | null;
        };
        Token: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "approver" | "admin";
            createdAtMs: number;
            expiresAtMs: number | null;
            /** @description To the minute; null: never used. */
            lastUsedAtMs: number | null;
            /** @description null: all that the role may. */
            scopes: ("read" | "alerts" | "alerts:read" | "audit" | "audit:read" | "breaker" | "breaker:read" | "decisions" | "decisions:read" | "events" | "events:read" | "evidence" | "evidence:read" | "flows" | "flows:read" | "history" | "history:read" | "hosts" | "hosts:read" | "incidents" | "incidents:read" | "metrics" | "metrics:read" | "names" | "names:read" | "operators" | "operators:read" | "policy" | "policy:read" | "reports" | "reports:read" | "revisions" | "revisions:read" | "status" | "status:read" | "suppressions" | "suppressions:read" | "tokens" | "tokens:read")[] | null;
        };
    };
    responses: {
        /** @description unauthorized: A valid token is needed */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:unauthorized",
                 *       "code": "unauthorized",
                 *       "title": "A valid token is needed",
                 *       "status": 401,
                 *       "detail": "a valid token is needed."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description forbidden: The role of this token does not allow it. cross-site: Pages of other sites may change nothing here */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:forbidden",
                 *       "code": "forbidden",
                 *       "title": "The role of this token does not allow it",
                 *       "status": 403,
                 *       "detail": "the role of this token does not allow it."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description too-many-requests: Too many requests in a short time */
        Problem429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:too-many-requests",
                 *       "code": "too-many-requests",
                 *       "title": "Too many requests in a short time",
                 *       "status": 429,
                 *       "detail": "too many requests in a short time."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description failed: The kernel or the ledger said no. identity-provider: The identity provider cannot be asked. busy: Too many at once */
        Problem503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:failed",
                 *       "code": "failed",
                 *       "title": "The kernel or the ledger said no",
                 *       "status": 503,
                 *       "detail": "the kernel or the ledger said no."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description invalid-request: The request does not fit the schema. invalid-policy: The policy is not valid. idempotency-mismatch: This key was used for another request. refused: A guardrail or a check says no */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:invalid-request",
                 *       "code": "invalid-request",
                 *       "title": "The request does not fit the schema",
                 *       "status": 422,
                 *       "detail": "the request does not fit the schema."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description invalid-body: The body cannot be read. bad-request: The request is malformed */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:invalid-body",
                 *       "code": "invalid-body",
                 *       "title": "The body cannot be read",
                 *       "status": 400,
                 *       "detail": "the body cannot be read."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description not-found: There is no such thing */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:not-found",
                 *       "code": "not-found",
                 *       "title": "There is no such thing",
                 *       "status": 404,
                 *       "detail": "there is no such thing."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description conflict: Its state does not allow it. idempotency-in-progress: The first request with this key is still being carried out. idempotency-unknown: Whether the first request with this key took effect is not known */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:conflict",
                 *       "code": "conflict",
                 *       "title": "Its state does not allow it",
                 *       "status": 409,
                 *       "detail": "its state does not allow it."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description precondition-failed: It is not in the state that the change was meant for */
        Problem412: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:precondition-failed",
                 *       "code": "precondition-failed",
                 *       "title": "It is not in the state that the change was meant for",
                 *       "status": 412,
                 *       "detail": "it is not in the state that the change was meant for."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description too-large: The body is too large */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:too-large",
                 *       "code": "too-large",
                 *       "title": "The body is too large",
                 *       "status": 413,
                 *       "detail": "the body is too large."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description unsupported-media-type: The body has a type that is not taken here */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:penstock:problem:unsupported-media-type",
                 *       "code": "unsupported-media-type",
                 *       "title": "The body has a type that is not taken here",
                 *       "status": 415,
                 *       "detail": "the body has a type that is not taken here."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ready: boolean;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Caller: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Caller"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Flows: {
        parameters: {
            query?: {
                /** @description Of ours. */
                host?: string;
                /** @description As it was asked for, or as NAT made it. */
                destination?: string;
                /** @description IANA protocol number. */
                protocol?: number;
                /** @description Of the destination. */
                port?: number;
                verdict?: "allow" | "deny" | "exempt";
                /** @description Id of the rule that allows it, or of the deny list it is on. */
                rule?: string;
                /** @description The highest first. By start, pages neither repeat nor miss what stands throughout; by the others a flow may move between pages. A page is put together while flows go on: it shows each once, as it was a moment ago. */
                sort?: "started" | "lastSeen" | "bytes" | "bytesOut";
                /** @description `next` of the page before. */
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        flows: components["schemas"]["Flow"][];
                        standing: number;
                        truncated: boolean;
                        /** @description The `after` of the page after this, which may be short; null: this is the last. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Hosts: {
        parameters: {
            query?: {
                /** @description A host group of the policy in force. */
                group?: string;
                /** @description The highest first. */
                sort?: "lastSeen" | "suspicion";
                /** @description `next` of the page before. */
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hosts: components["schemas"]["HostLine"][];
                        /** @description All hosts whose usual behaviour is known. */
                        established: number;
                        truncated: boolean;
                        /** @description The `after` of the page after this; null: this is the last. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1HostsHost: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                host: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Host"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1History: {
        parameters: {
            query?: {
                host?: string;
                /** @description A host group of the policy. */
                group?: string;
                /** @description An address, or the name by which it is known. */
                destination?: string;
                /** @description The rule that allowed it. */
                rule?: string;
                /** @description From the bucket that holds it on; default: a day before `to`. */
                from?: number;
                /** @description To the bucket that holds it, with it; default: now. */
                to?: number;
                step?: "minute" | "hour" | "day";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        step: "minute" | "hour" | "day";
                        /** @description One for each bucket, also where nothing was sent or nobody watched. */
                        points: components["schemas"]["HistoryPoint"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1HistoryTop: {
        parameters: {
            query: {
                by: "host" | "destination" | "group" | "rule" | "country" | "as" | "service";
                host?: string;
                /** @description A host group of the policy. */
                group?: string;
                /** @description An address, or the name by which it is known. */
                destination?: string;
                /** @description The rule that allowed it. */
                rule?: string;
                /** @description From the bucket that holds it on; default: a day before `to`. */
                from?: number;
                /** @description To the bucket that holds it, with it; default: now. */
                to?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        by: "host" | "destination" | "group" | "rule" | "country" | "as" | "service";
                        /**
                         * @description Of the buckets that were summed: finer for short times.
                         * @enum {string}
                         */
                        step: "minute" | "hour" | "day";
                        /** @description Where the first of these buckets begins. */
                        fromMs: number;
                        /** @description Where the last of these buckets ends. */
                        toMs: number;
                        /** @description The most bytes sent first. A host counts in each of its groups. */
                        items: components["schemas"]["HistoryItem"][];
                        /** @description All that has no item of its own. */
                        other: {
                            /** @description Sent by hosts of ours, IP headers included. */
                            bytesOut: number;
                            bytesIn: number;
                            /** @description Begun, as conntrack saw them. */
                            connections: number;
                            /** @description Attempts that the policy or a block said no to, whether or not their first packet had gone through. */
                            denied: number;
                        };
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Reports: {
        parameters: {
            query?: {
                /** @description ms since the epoch; default: seven days before `to`. */
                from?: number;
                /** @description Until before this time; default: now. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1ReportsHtml: {
        parameters: {
            query?: {
                /** @description ms since the epoch; default: seven days before `to`. */
                from?: number;
                /** @description Until before this time; default: now. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1ReportsCsv: {
        parameters: {
            query: {
                /** @description ms since the epoch; default: seven days before `to`. */
                from?: number;
                /** @description Until before this time; default: now. */
                to?: number;
                table: "summary" | "traffic" | "groups" | "hosts" | "destinations" | "services" | "rules" | "countries" | "systems" | "unused-rules" | "expiring-rules" | "wide-rules" | "approvals" | "approvers" | "causes" | "incidents" | "vetoes" | "changes" | "changers" | "culprits";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1ReportsKept: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        readonly reports: {
                            name: string;
                            bytes: number;
                            madeAtMs: number;
                        }[];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1ReportsKeptName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "application/json": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Names: {
        parameters: {
            query?: {
                name?: string;
                /** @description `next` of the page before. */
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        names: components["schemas"]["Name"][];
                        known: number;
                        truncated: boolean;
                        /** @description The `after` of the page after this; null: this is the last. */
                        next: string | null;
                        /** @description null: the policy has no names. */
                        watching: components["schemas"]["NamesWatching"] | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Audit: {
        parameters: {
            query?: {
                /** @description What comes first. */
                order?: "oldest" | "newest";
                /** @description Only entries with a higher seq: `next`, oldest first. */
                after?: number;
                /** @description Only entries with a lower seq: `next`, newest first. */
                before?: number;
                type?: string;
                /** @description Id of an incident or decision, number of a revision, a name. */
                subject?: string;
                /** @description Who did it. */
                actor?: string;
                /** @description Written not before this time, ms since the epoch. */
                sinceMs?: number;
                /** @description Written before this time. */
                untilMs?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["LedgerEntry"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Events: {
        parameters: {
            query?: {
                /** @description Only entries with a higher seq; the header Last-Event-ID wins. Default: only new ones. */
                after?: number;
                type?: string;
            };
            header?: {
                /** @description Read on after this entry. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Policy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an answer before: the same is not sent again (304). */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Names this state. */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        digest: string;
                        revision: number;
                        entry: string;
                        files: {
                            [key: string]: string;
                        };
                    };
                };
            };
            /** @description It is in the state that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putV1Policy: {
        parameters: {
            query?: {
                /** @description Why; goes into the ledger. */
                reason?: string;
                confirmWithin?: string;
                force?: "true" | "false";
            };
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
                /** @description Only while it is in this state: the `ETag` of an answer, or *. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example policy.yaml */
                    entry: string;
                    /** @description Text of the entry, of what it includes and of deny list files, by name. */
                    files: {
                        [key: string]: string;
                    };
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                    /**
                     * @description The policy is taken back by itself unless it is confirmed within this time, 1s to 24h.
                     * @example 60s
                     */
                    confirmWithin?: string;
                    /**
                     * @description Though it cuts the path of an operator; that it was forced goes into the ledger.
                     * @default false
                     */
                    force?: boolean;
                };
                "application/yaml": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Names this state. */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        revision: number;
                        changed: boolean;
                        /** @description What is to be confirmed, and until when. */
                        trial: components["schemas"]["TrialStatus"] | null;
                        /** @description It waits for a second person and is not in force; null where one is enough. */
                        proposal: components["schemas"]["ProposedPolicy"] | null;
                        digest: string;
                        warnings: components["schemas"]["PolicyProblem"][];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1PolicyCheck: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example policy.yaml */
                    entry: string;
                    /** @description Text of the entry, of what it includes and of deny list files, by name. */
                    files: {
                        [key: string]: string;
                    };
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                };
                "application/yaml": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Without problems, and all of its tests pass. */
                        valid: boolean;
                        problems: components["schemas"]["PolicyProblem"][];
                        warnings: components["schemas"]["PolicyProblem"][];
                        tests: {
                            name: string;
                            passed: boolean;
                            failures: string[];
                            place: {
                                file: string;
                                line: number;
                                column: number;
                                field: string;
                            };
                        }[];
                        plan: components["schemas"]["PolicyPlan"] | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1PolicyRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rules: components["schemas"]["RuleUse"][];
                        /** @description Since when hits are counted, of the rule that is counted longest. */
                        sinceMs: number;
                        /**
                         * @description connections: as they were seen; kernel: counted by the elements that allow them.
                         * @enum {string}
                         */
                        source: "connections" | "kernel";
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Incidents: {
        parameters: {
            query?: {
                /** @description How many at most. */
                limit?: number;
                /** @description `next` of the page before. */
                before?: number;
                state?: "open" | "closed";
                severity?: "low" | "medium" | "high" | "critical";
                /** @description Its cause, or among its evidence. */
                detector?: "policyViolation" | "denyList" | "limit" | "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
                host?: string;
                /** @description As it was asked for, or as NAT made it. */
                destination?: string;
                /** @description Seen not before this time, ms since the epoch. */
                sinceMs?: number;
                /** @description Seen before this time. */
                untilMs?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Incident"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1IncidentsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1IncidentsIdClose: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                    /**
                     * @description false: it never was an incident. Needs a reason.
                     * @default resolved
                     * @enum {string}
                     */
                    verdict?: "resolved" | "false";
                    /** @description With verdict false, for an anomaly: how long what its evidence says is not reported, from 1 minute to 90 days; default 30 days. null: it is reported again. */
                    suppressForMs?: number | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClosedIncident"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1IncidentsIdStix: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StixBundle"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Evidence: {
        parameters: {
            query?: {
                /** @description How many at most. */
                limit?: number;
                /** @description `next` of the page before. */
                before?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["EvidenceBundle"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1IncidentsIdEvidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvidenceBundle"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1IncidentsIdEvidenceBundle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Suppressions: {
        parameters: {
            query?: {
                /** @description How many at most. */
                limit?: number;
                /** @description `next` of the page before. */
                before?: number;
                state?: "active" | "ended";
                host?: string;
                detector?: "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["CountedSuppression"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1SuppressionsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountedSuppression"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1SuppressionsIdRevoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Suppression"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Decisions: {
        parameters: {
            query?: {
                /** @description How many at most. */
                limit?: number;
                /** @description `next` of the page before. */
                before?: number;
                state?: "pending" | "provisional" | "active" | "rejected" | "lapsed" | "expired" | "revoked";
                incident?: string;
                action?: "block" | "quarantine";
                origin?: "automatic" | "manual";
                /** @description Of an automatic one. */
                detector?: "policyViolation" | "denyList" | "limit" | "scan" | "failedConnections" | "beacon" | "volume" | "oddHours" | "newDestination" | "longConnection" | "dnsTunnel" | "icmpTunnel" | "fanOut" | "outlier";
                host?: string;
                /** @description An address of a flow's target, or a whole prefix such as 203.0.113.0/24. */
                destination?: string;
                /** @description Who asked for it or answered. */
                actor?: string;
                /** @description Made not before this time, ms since the epoch. */
                sinceMs?: number;
                /** @description Made before this time. */
                untilMs?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Decision"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1Decisions: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    target: {
                        /** @constant */
                        kind: "flow";
                        /** @example 203.0.113.9 */
                        host: string;
                        /** @example 203.0.113.9 */
                        destination: string;
                        service: {
                            /** @description IANA protocol number. */
                            protocol: number;
                            /**
                             * @description null: the whole protocol.
                             * @default null
                             */
                            port?: number | null;
                        };
                    } | {
                        /** @constant */
                        kind: "destination";
                        /** @example 203.0.113.0/24 */
                        prefix: string;
                    } | {
                        /** @constant */
                        kind: "host";
                        /** @example 203.0.113.9 */
                        host: string;
                        allowTo?: string[];
                    };
                    /** @description How long it stands, from 1 s to 366 d. */
                    ttlMs: number;
                    /** @description Why; goes into the ledger. */
                    reason: string;
                    /**
                     * @description Though it cuts the path of an operator; that it was forced goes into the ledger.
                     * @default false
                     */
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1DecisionsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1DecisionsIdApprove: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                    /**
                     * @description Though it cuts the path of an operator; that it was forced goes into the ledger.
                     * @default false
                     */
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1DecisionsIdReject: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1DecisionsIdRevoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1DecisionsIdUndo: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        revision: number;
                        undone: string;
                        withdrawn: components["schemas"]["Decision"] | null;
                        /** @description What stands or waits again, under a new id. */
                        reinstated: components["schemas"]["Decision"] | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1PolicyProposal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        proposal: components["schemas"]["ProposedPolicy"] | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1PolicyProposalsIdApprove: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        proposal: components["schemas"]["ProposedPolicy"];
                        revision: number;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1PolicyProposalsIdReject: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposedPolicy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Breaker: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Breaker"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1BreakerOpen: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Why; goes into the ledger. */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Breaker"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1BreakerClose: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Why; goes into the ledger. */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Breaker"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Operators: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Operator"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Revisions: {
        parameters: {
            query?: {
                /** @description How many at most. */
                limit?: number;
                /** @description `next` of the page before. */
                before?: number;
                kind?: "policy" | "decision" | "rollback";
                actor?: string;
                /** @description Made not before this time, ms since the epoch. */
                sinceMs?: number;
                /** @description Made before this time. */
                untilMs?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TriedRevision"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1RevisionsNumber: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriedRevision"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1RevisionsNumberPolicy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an answer before: the same is not sent again (304). */
                "If-None-Match"?: string;
            };
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Names this state. */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        digest: string;
                        entry: string;
                        files: {
                            [key: string]: string;
                        };
                    };
                };
            };
            /** @description It is in the state that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1RevisionsNumberDiff: {
        parameters: {
            query?: {
                to?: number;
            };
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionDifference"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1RevisionsNumberConfirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        revision: number;
                        policyName: string;
                        policyDigest: string;
                        actor: string;
                        confirmedAtMs: number;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1Rollback: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    to: number;
                    /**
                     * @description Why; goes into the ledger.
                     * @default
                     */
                    reason?: string;
                    /**
                     * @description The policy is taken back by itself unless it is confirmed within this time, 1s to 24h.
                     * @example 60s
                     */
                    confirmWithin?: string;
                    /**
                     * @description Though it cuts the path of an operator; that it was forced goes into the ledger.
                     * @default false
                     */
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        revision: number;
                        restoredFrom: number;
                        policyChanged: boolean;
                        lifted: string[];
                        reinstated: string[];
                        expired: string[];
                        protected: string[];
                        /** @description What is to be confirmed, and until when. */
                        trial: components["schemas"]["TrialStatus"] | null;
                        /** @description It waits for a second person, and nothing was changed; null where one is enough. */
                        proposal: components["schemas"]["ProposedPolicy"] | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1AlertsSinks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AlertSink"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1AlertsTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description By name; all, when left out. */
                    sink?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AlertSinkTest"][];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getV1Tokens: {
        parameters: {
            query?: {
                role?: "viewer" | "operator" | "approver" | "admin";
                /** @description `next` of the page before. */
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description Address of the next page (RFC 8288), rel="next". */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Token"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1Tokens: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "operator" | "approver" | "admin";
                    /**
                     * @description null: does not expire.
                     * @default null
                     */
                    expiresAtMs?: number | null;
                    /** @description Only this of what the role may: read, an area such as policy, or AREA:read. null, or left out: all. */
                    scopes?: ("read" | "alerts" | "alerts:read" | "audit" | "audit:read" | "breaker" | "breaker:read" | "decisions" | "decisions:read" | "events" | "events:read" | "evidence" | "evidence:read" | "flows" | "flows:read" | "history" | "history:read" | "hosts" | "hosts:read" | "incidents" | "incidents:read" | "metrics" | "metrics:read" | "names" | "names:read" | "operators" | "operators:read" | "policy" | "policy:read" | "reports" | "reports:read" | "revisions" | "revisions:read" | "status" | "status:read" | "suppressions" | "suppressions:read" | "tokens" | "tokens:read")[] | null;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "approver" | "admin";
                        createdAtMs: number;
                        expiresAtMs: number | null;
                        /** @description To the minute; null: never used. */
                        lastUsedAtMs: number | null;
                        /** @description null: all that the role may. */
                        scopes: ("read" | "alerts" | "alerts:read" | "audit" | "audit:read" | "breaker" | "breaker:read" | "decisions" | "decisions:read" | "events" | "events:read" | "evidence" | "evidence:read" | "flows" | "flows:read" | "history" | "history:read" | "hosts" | "hosts:read" | "incidents" | "incidents:read" | "metrics" | "metrics:read" | "names" | "names:read" | "operators" | "operators:read" | "policy" | "policy:read" | "reports" | "reports:read" | "revisions" | "revisions:read" | "status" | "status:read" | "suppressions" | "suppressions:read" | "tokens" | "tokens:read")[] | null;
                        /** @description Shown once; null in a replayed answer. */
                        token: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteV1TokensName: {
        parameters: {
            query?: never;
            header?: {
                /** @description A call repeated with the same key within a day is answered, not carried out again. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenapiJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
