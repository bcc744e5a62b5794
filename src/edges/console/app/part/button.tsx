import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

interface Props extends Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'icon'> {
  readonly tone?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly type?: 'button' | 'submit';
  readonly icon?: IconName;
  /** Being carried out: it takes no second click. */
  readonly isBusy?: boolean;
  readonly disabled?: boolean;
  readonly children?: ComponentChildren;
}

/** Without words in it, it needs an `aria-label`. */
export function Button({ tone = 'plain', icon, isBusy = false, disabled, children, ...rest }: Props) {
  const shape = children === undefined ? 'icon-only' : '';
  return (
    <button
      {...rest}
      type={rest.type ?? 'button'}
      class={`button ${tone} ${shape}`}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
