/** Dark or light: as the system has it, or as the person chose it on this browser. */
import { computed, effect, signal } from '@preact/signals';

const KEY = 'penstock.theme';
const CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof CHOICES)[number];

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const system = signal<'light' | 'dark'>(systemIsDark.matches ? 'dark' : 'light');
systemIsDark.addEventListener('change', ({ matches }) => {
  system.value = matches ? 'dark' : 'light';
});

export const themeChoice = signal<ThemeChoice>(readChoice());
/** What is in force; who draws on a canvas draws again when it changes. */
export const theme = computed(() => (themeChoice.value === 'system' ? system.value : themeChoice.value));

effect(() => {
  document.documentElement.dataset.theme = themeChoice.value;
});

export function chooseNextTheme(): void {
  const next = CHOICES[(CHOICES.indexOf(themeChoice.value) + 1) % CHOICES.length] as ThemeChoice;
  themeChoice.value = next;
  localStorage.setItem(KEY, next);
}

/** A colour of the style sheet as a canvas takes it: `tokenColour('--accent')` gives `rgb(...)`. */
export function tokenColour(name: `--${string}`): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function readChoice(): ThemeChoice {
  const chosen = localStorage.getItem(KEY);
  return CHOICES.find((choice) => choice === chosen) ?? 'system';
}
