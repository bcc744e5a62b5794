import { Link } from 'wouter-preact';
import { now } from './clock.ts';
import { connection, lostSinceMs } from './live.ts';
import { Badge, ModeBadge } from './part/badge.tsx';
import { BrandIcon } from './part/brand-icon.tsx';
import { Button } from './part/button.tsx';
import { formatSpan } from './part/format.ts';
import { logOut, session } from './session.ts';
import { status } from './status.ts';
import { chooseNextTheme, themeChoice } from './theme.ts';

/** What holds on every page: how the daemon fares, whether what is shown is fresh, and who is asking. */
export function Header() {
  return (
    <header class="header">
      <Link class="brand" href="/">
        <BrandIcon size={20} />
        Penstock
      </Link>
      <div class="header-state">
        {status.value && <ModeBadge mode={status.value.mode} />}
        <ConnectionState />
      </div>
      <div class="header-person">
        <Person />
        <Button
          tone="quiet"
          icon={themeChoice.value}
          aria-label={`Colours: ${themeChoice.value}. Change`}
          title={`Colours: ${themeChoice.value}`}
          onClick={chooseNextTheme}
        />
        <Button tone="quiet" icon="leave" aria-label="Log out" title="Log out" onClick={() => logOut()} />
      </div>
    </header>
  );
}

function Person() {
  const { value } = session;
  if (typeof value !== 'object') return null;
  return (
    <span class="person">
      <span class="person-name">{value.name}</span>
      <Badge>{value.role}</Badge>
    </span>
  );
}

function ConnectionState() {
  if (connection.value === 'live') {
    return (
      <Badge tone="ok" dot title="What happens is shown as it happens">
        live
      </Badge>
    );
  }
  if (connection.value === 'connecting') return <Badge dot>connecting</Badge>;
  return (
    <Badge tone="critical" dot title="No connection to the daemon: what is shown is from before">
      offline for {formatSpan(now.value - lostSinceMs.value)}
    </Badge>
  );
}
