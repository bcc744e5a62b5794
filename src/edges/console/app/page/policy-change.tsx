/**
 * A change of the policy, in the order in which it is safe: write or upload, check, see what would change, apply for a
 * trial. What was not checked as it is now cannot be applied.
 */
import type { Answer } from 'penstock-client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { send } from '../api.ts';
import type { Failure } from '../failure.ts';
import { Button } from '../part/button.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Panel } from '../part/panel.tsx';
import { may } from '../session.ts';
import { PolicyApply } from './policy-apply.tsx';
import { PolicyEditor } from './policy-editor.tsx';
import { type Draft, isSameDraft, withUploads } from './policy-facts.ts';
import { PolicyFindings } from './policy-findings.tsx';
import type { Place } from './policy-page.tsx';
import { FileSelect } from './policy-text.tsx';

type Checked = Answer<'post', '/v1/policy/check'>;

interface Props {
  readonly inForce: Draft & { readonly digest: string };
  /** A rule that was clicked on. */
  readonly place: Place | undefined;
  readonly onClose: () => void;
}

/** The API takes 16 MiB. */
const MAX_UPLOAD_BYTES = 15 * 2 ** 20;

export function PolicyChange({ inForce, place, onClose }: Props) {
  // What is written here is not thrown away when another policy comes in force meanwhile.
  const [begun] = useState(inForce);
  const [draft, setDraft] = useState<Draft>({ entry: begun.entry, files: begun.files });
  const [name, setName] = useState(draft.entry);
  const [at, setAt] = useState<{ line: number }>();
  const [checked, setChecked] = useState<{ draft: Draft; result: Checked }>();
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const isFresh = checked !== undefined && isSameDraft(checked.draft, draft);

  const check = async () => {
    setBusy(true);
    const body = { entry: draft.entry, files: draft.files };
    const sent = await send((client, headers) => client.POST('/v1/policy/check', { headers, body }));
    setBusy(false);
    setFailure('failure' in sent ? sent.failure : undefined);
    setChecked('data' in sent ? { draft, result: sent.data } : undefined);
  };
  const show = ({ file, line }: Place) => {
    setName(file);
    setAt({ line });
  };
  const [placeBefore] = useState(place);
  useEffect(() => {
    if (place && place !== placeBefore) show(place);
  }, [place]);

  return (
    <Panel
      title="Change the policy"
      aside={<Button tone="quiet" icon="cross" aria-label="Close without applying" onClick={onClose} />}
    >
      <div class="policy-change">
        <div class="toolbar">
          {Object.keys(draft.files).length > 1 && (
            <FileSelect names={Object.keys(draft.files)} name={name} onChange={setName} />
          )}
          <Upload
            onFiles={(files) => setDraft((before) => withUploads(before, files))}
            onFailure={setFailure}
          />
          <Button tone="primary" icon="check" isBusy={isBusy} onClick={check}>
            Check
          </Button>
        </div>
        {begun.digest !== inForce.digest && (
          <p class="note tone-medium" role="status">
            Another policy came in force since you began: what you write here would undo what it changed.
          </p>
        )}
        <PolicyEditor
          label={`Text of ${name}`}
          text={draft.files[name] ?? ''}
          at={at}
          onInput={(text) => setDraft((before) => ({ ...before, files: { ...before.files, [name]: text } }))}
        />
        <ErrorNote failure={failure} />
        {checked && <PolicyFindings result={checked.result} isFresh={isFresh} onShow={show} />}
        {checked?.result.valid && isFresh && may('admin', 'policy') && (
          <PolicyApply draft={draft} basedOn={begun.digest} plan={checked.result.plan} onApplied={onClose} />
        )}
      </div>
    </Panel>
  );
}

interface UploadProps {
  readonly onFiles: (files: Record<string, string>) => void;
  readonly onFailure: (failure: Failure) => void;
}

function Upload({ onFiles, onFailure }: UploadProps) {
  const input = useRef<HTMLInputElement>(null);
  const read = async () => {
    const files = [...(input.current?.files ?? [])];
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (bytes > MAX_UPLOAD_BYTES) {
      const detail = 'The files of a policy may have 15 MiB together.';
      return onFailure({ title: 'That is too much', detail, status: 413 });
    }
    const texts = await Promise.all(files.map(async (file) => [file.name, await file.text()] as const));
    onFiles(Object.fromEntries(texts));
    // The same file can be chosen again after it was changed.
    if (input.current) input.current.value = '';
  };
  return (
    <label class="field">
      <span>Upload</span>
      <input
        ref={input}
        class="input policy-upload"
        type="file"
        multiple
        accept=".yaml,.yml,.json,.txt"
        onChange={read}
      />
    </label>
  );
}
