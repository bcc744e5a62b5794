import { useState } from 'preact/hooks';
import type { Failure } from './failure.ts';
import { BrandIcon } from './part/brand-icon.tsx';
import { Button } from './part/button.tsx';
import { ErrorNote } from './part/error-note.tsx';
import { loggedOutBecause, logIn } from './session.ts';

export function Login() {
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFailure(await logIn(token.trim()));
    setBusy(false);
  };

  return (
    <main class="login">
      <form class="login-card" onSubmit={submit}>
        <h1>
          <BrandIcon size={28} />
          Penstock
        </h1>
        {loggedOutBecause.value !== undefined && (
          <p class="note tone-medium" role="status">
            {loggedOutBecause.value}
          </p>
        )}
        <label class="field" for="token">
          <span>Token</span>
          <input
            id="token"
            class="input"
            type="password"
            value={token}
            required
            autocomplete="current-password"
            spellcheck={false}
            placeholder="pst_…"
            aria-describedby="token-hint"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p id="token-hint" class="field-hint">
          It stays in this tab until you log out or close it. An administrator makes one with{' '}
          <code>penstock token create</code>; the first lies in <code>admin.token</code> in the state
          directory.
        </p>
        <ErrorNote failure={failure} />
        <Button type="submit" tone="primary" isBusy={isBusy}>
          Log in
        </Button>
      </form>
    </main>
  );
}
