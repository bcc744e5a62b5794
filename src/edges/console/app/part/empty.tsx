import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** There is nothing to show, and that is no fault. */
export function Empty({ icon, children }: { icon?: IconName; children: ComponentChildren }) {
  return (
    <div class="empty">
      {icon && <Icon name={icon} size={20} />}
      <p>{children}</p>
    </div>
  );
}

/** Before the first answer: lines of the height that is to come, so that nothing jumps. */
export function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="loading-line" aria-hidden="true" />
      ))}
    </div>
  );
}
