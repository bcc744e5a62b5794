import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { Icon, type IconName } from './part/icon.tsx';
import { waitingCount } from './title.ts';

interface Place {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
}

/** On a phone the first ones stand at the bottom of the screen, the rest behind a button. */
const PLACES: readonly Place[] = [
  { path: '/', name: 'Overview', icon: 'overview' },
  { path: '/approvals', name: 'Approvals', icon: 'approvals' },
  { path: '/incidents', name: 'Incidents', icon: 'incidents' },
  { path: '/hosts', name: 'Hosts', icon: 'hosts' },
  { path: '/flows', name: 'Flows', icon: 'flows' },
  { path: '/policy', name: 'Policy', icon: 'policy' },
  { path: '/revisions', name: 'Revisions', icon: 'revisions' },
  { path: '/audit', name: 'Audit log', icon: 'audit' },
  { path: '/reports', name: 'Reports', icon: 'download' },
];
const ALWAYS_THERE = 4;

export function Navigation() {
  const [location] = useLocation();
  const [isOpen, setOpen] = useState(false);
  return (
    <nav class={isOpen ? 'navigation open' : 'navigation'} aria-label="Main">
      <ul>
        {PLACES.map((place, index) => (
          <li key={place.path} class={index < ALWAYS_THERE ? '' : 'behind'}>
            <Link
              href={place.path}
              class="navigation-link"
              aria-current={isAt(location, place.path) ? 'page' : undefined}
              onClick={() => setOpen(false)}
            >
              <Icon name={place.icon} />
              <span>{place.name}</span>
              {place.path === '/approvals' && <Waiting />}
            </Link>
          </li>
        ))}
        <li class="navigation-more">
          <button
            type="button"
            class="navigation-link"
            aria-expanded={isOpen}
            onClick={() => setOpen((open) => !open)}
          >
            <Icon name="more" />
            <span>More</span>
          </button>
        </li>
      </ul>
    </nav>
  );
}

function Waiting() {
  const count = waitingCount.value;
  if (count === 0) return null;
  return (
    <span class="waiting">
      {count}
      <span class="visually-hidden"> waiting</span>
    </span>
  );
}

function isAt(location: string, path: string): boolean {
  return path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
}
