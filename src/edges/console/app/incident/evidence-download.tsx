import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../failure.ts';
import { failureOf } from '../failure.ts';
import { Button } from '../part/button.tsx';
import { saveFile } from '../part/download.ts';
import { ErrorNote } from '../part/error-note.tsx';
import { session } from '../session.ts';

/** The bundle of the incident: flows, decisions, profile and packets, with a manifest. Nothing where there is none. */
export function EvidenceDownload({ id }: { id: string }) {
  const [isThere, setThere] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    const ended = new AbortController();
    ask(id, 'HEAD', ended.signal).then(
      ({ ok }) => setThere(ok),
      () => {},
    );
    return () => ended.abort();
  }, [id]);

  const download = async () => {
    setBusy(true);
    setFailure(await save(id));
    setBusy(false);
  };
  if (!isThere) return null;
  return (
    <>
      <Button icon="download" isBusy={isBusy} onClick={() => void download()}>
        Evidence
      </Button>
      <ErrorNote failure={failure} />
    </>
  );
}

async function save(id: string): Promise<Failure | undefined> {
  try {
    const response = await ask(id, 'GET');
    if (!response.ok) return failureOf(await response.json().catch(() => undefined), response.status);
    saveFile(nameIn(response) ?? `${id}.zip`, await response.blob());
    return undefined;
  } catch (thrown) {
    return failureOf(thrown);
  }
}

function ask(id: string, method: 'GET' | 'HEAD', signal?: AbortSignal): Promise<Response> {
  const token = typeof session.value === 'object' ? session.value.token : '';
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`/v1/incidents/${encodeURIComponent(id)}/evidence`, {
    method,
    headers,
    ...(signal && { signal }),
  });
}

function nameIn(response: Response): string | undefined {
  return /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
}
