import type { ComponentChildren } from 'preact';

export type Tone = 'neutral' | 'accent' | 'ok' | 'low' | 'medium' | 'high' | 'critical';

interface Props {
  readonly tone?: Tone;
  /** With a dot before it. */
  readonly dot?: boolean;
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** The words carry the meaning, the colour only repeats it. */
export function Badge({ tone = 'neutral', dot = false, title, children }: Props) {
  return (
    <span class={`badge tone-${tone}`} {...(title !== undefined && { title })}>
      {dot && <span class="dot" aria-hidden="true" />}
      {children}
    </span>
  );
}

export function SeverityBadge({ severity }: { severity: 'low' | 'medium' | 'high' | 'critical' }) {
  return (
    <Badge tone={severity} dot>
      {severity}
    </Badge>
  );
}

const DECISION_TONES: Readonly<Record<string, Tone>> = {
  pending: 'medium',
  provisional: 'high',
  active: 'critical',
  rejected: 'neutral',
  lapsed: 'neutral',
  expired: 'neutral',
  revoked: 'neutral',
};

export function DecisionBadge({ state }: { state: string }) {
  return <Badge tone={DECISION_TONES[state] ?? 'neutral'}>{state}</Badge>;
}

export function ModeBadge({ mode }: { mode: 'audit' | 'respond' | 'enforce' }) {
  const tone = { audit: 'medium', respond: 'accent', enforce: 'ok' } as const;
  const words = {
    audit: 'Only reports: nothing is blocked',
    respond: 'Acts on anomalies',
    enforce: 'Acts on anomalies, and the kernel drops what no rule allows',
  };
  return (
    <Badge tone={tone[mode]} title={words[mode]}>
      {mode}
    </Badge>
  );
}
