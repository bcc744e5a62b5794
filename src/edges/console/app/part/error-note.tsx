import type { Failure } from '../failure.ts';
import { Button } from './button.tsx';

interface Props {
  readonly failure: Failure | undefined;
  readonly retry?: () => void;
}

/** What went wrong, read out at once; nothing when nothing did. */
export function ErrorNote({ failure, retry }: Props) {
  if (failure === undefined) return null;
  return (
    <div class="note tone-critical" role="alert">
      <div>
        <strong>{failure.title}</strong>
        <p>{failure.detail}</p>
        {failure.guardrail !== undefined && <p>Guardrail: {failure.guardrail}</p>}
      </div>
      {retry && (
        <Button icon="refresh" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
