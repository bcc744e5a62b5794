/** What is kept of an incident as evidence, to be fetched as one file. Nothing where nothing is kept. */
import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { api, useQuery } from '../api.ts';
import { type Failure, failureOf } from '../failure.ts';
import { Badge, type Tone } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Bytes } from '../part/bytes.tsx';
import { saveFile } from '../part/download.ts';
import { ErrorNote } from '../part/error-note.tsx';
import { formatMany } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { Time } from '../part/time.tsx';
import { may } from '../session.ts';

type Bundle = Schema<'EvidenceBundle'>;

const TONES: Readonly<Record<Bundle['state'], Tone>> = {
  collecting: 'medium',
  sealed: 'ok',
  failed: 'critical',
  deleted: 'neutral',
  missing: 'critical',
};

export function BundlePanel({ incident }: { incident: string }) {
  const mayRead = may('operator');
  const { data, failure } = useQuery(
    mayRead ? `bundle ${incident}` : null,
    (client, signal) =>
      client.GET('/v1/incidents/{id}/evidence', { params: { path: { id: incident } }, signal }),
    { on: ['evidence'] },
  );
  if (failure?.status === 404 || (data === undefined && failure === undefined)) return null;
  return (
    <Panel title="Kept as evidence" aside={data && <Badge tone={TONES[data.state]}>{data.state}</Badge>}>
      <ErrorNote failure={failure} />
      {data && <Kept of={data} />}
    </Panel>
  );
}

function Kept({ of: { incident, state, atMs, reason, bundle } }: { of: Bundle }) {
  if (bundle === null || state !== 'sealed') {
    return (
      <p>
        {state} <Time ms={atMs} />
        {reason !== null && `: ${reason}`}
      </p>
    );
  }
  return (
    <div class="bundle">
      <p>
        Flows, decisions, profile and {formatMany(bundle.packets, 'packet')}, <Bytes bytes={bundle.bytes} />,
        sealed <Time ms={atMs} />.
      </p>
      <p class="soft small wraps">
        SHA-256 <code>{bundle.bundleSha256}</code>
      </p>
      <p class="soft small">
        Check it with <code>penstock evidence verify {bundle.name}</code>
      </p>
      <Download incident={incident} name={bundle.name} />
    </div>
  );
}

/** That it was fetched, and by whom, goes into the ledger. */
function Download({ incident, name }: { incident: string; name: string }) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const download = async () => {
    setBusy(true);
    setFailure(await save(incident, name));
    setBusy(false);
  };
  return (
    <>
      <div class="buttons">
        <Button icon="download" isBusy={isBusy} onClick={() => void download()}>
          Download evidence
        </Button>
      </div>
      <ErrorNote failure={failure} />
    </>
  );
}

async function save(id: string, name: string): Promise<Failure | undefined> {
  try {
    const { data, error, response } = await api().GET('/v1/incidents/{id}/evidence/bundle', {
      params: { path: { id } },
      parseAs: 'blob',
    });
    if (!data) return failureOf(error, response.status);
    saveFile(name, data as unknown as Blob);
    return undefined;
  } catch (thrown) {
    return failureOf(thrown);
  }
}
