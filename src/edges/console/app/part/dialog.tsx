/** Native modal dialogs: the browser keeps the focus in them, closes them by Escape and gives the focus back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '../failure.ts';
import { Button } from './button.tsx';
import { ErrorNote } from './error-note.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Open while it is rendered. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      // What it was opened from may be gone with it.
      if (document.activeElement === document.body) document.querySelector('h1')?.focus();
    };
  }, []);
  return (
    <dialog ref={element} aria-labelledby={id} onCancel={onClose}>
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button tone="quiet" icon="cross" aria-label="Close" onClick={onClose} />
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  /** What the button says: `Approve`. */
  readonly verb: string;
  readonly tone?: 'primary' | 'danger';
  /** Whether it cannot be done without saying why. */
  readonly needsReason?: boolean;
  /** @returns what went wrong; undefined: it is done, and the dialog closes */
  readonly act: (reason: string) => Promise<Failure | undefined>;
  readonly onClose: () => void;
  /** What will happen, above the reason. */
  readonly children?: ComponentChildren;
}

/** The second click. The reason goes into the ledger. */
export function ConfirmDialog(props: ConfirmProps) {
  const { title, verb, tone = 'primary', needsReason = false, act, onClose, children } = props;
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    // On a phone the keyboard would cover what is to be read.
    if (matchMedia('(pointer: fine)').matches) input.current?.focus();
  }, []);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const wrong = await act(reason.trim());
    setBusy(false);
    setFailure(wrong);
    if (wrong === undefined) onClose();
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} onKeyDown={ignoreHeldKey}>
        <div class="dialog-body">
          {children}
          <label class="field" for={id}>
            <span>
              Reason{' '}
              <span class="field-hint">
                {needsReason ? 'needed; kept in the ledger' : 'kept in the ledger'}
              </span>
            </span>
            <input
              id={id}
              ref={input}
              class="input"
              value={reason}
              required={needsReason}
              maxLength={500}
              autocomplete="off"
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </label>
          <ErrorNote failure={failure} />
        </div>
        <footer class="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone={tone} isBusy={isBusy}>
            {verb}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** The Enter that opened the dialog, still held down, is no second click. */
function ignoreHeldKey(event: KeyboardEvent): void {
  if (event.repeat && event.key === 'Enter') event.preventDefault();
}
