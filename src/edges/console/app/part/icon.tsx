/** Line drawings on a grid of 16, in the colour of the text around them. */
const DRAWINGS = {
  overview: 'M2 9.5 4.5 9.5 6.5 3.5 9.5 12.5 11.5 7 12.5 9.5 14 9.5',
  approvals:
    'M8 1.8 13.2 3.7V7.4C13.2 10.6 11 13.2 8 14.2 5 13.2 2.8 10.6 2.8 7.4V3.7ZM5.6 8 7.3 9.7 10.5 6.3',
  incidents: 'M8 2.2 14.2 13H1.8ZM8 6.4V9.4M8 11.2V11.3',
  hosts: 'M2.5 3H13.5V7H2.5ZM2.5 9H13.5V13H2.5ZM5 5H5.1M5 11H5.1',
  flows: 'M2 5H12.5M9.8 2.3 12.5 5 9.8 7.7M14 11H3.5M6.2 8.3 3.5 11 6.2 13.7',
  policy: 'M4 1.8H10L12.8 4.6V14.2H4ZM6.3 7H10.4M6.3 9.4H10.4M6.3 11.8H8.6',
  revisions: 'M2.6 8A5.4 5.4 0 1 0 4.4 4M2.6 2.4V5.4H5.6M8 5V8.2L10.2 9.6',
  audit: 'M5.6 3.4H13.6M5.6 8H13.6M5.6 12.6H13.6M2.6 3.4H2.7M2.6 8H2.7M2.6 12.6H2.7',
  light:
    'M8 5.2A2.8 2.8 0 1 1 8 10.8 2.8 2.8 0 0 1 8 5.2M8 1.4V2.6M8 13.4V14.6M1.4 8H2.6M13.4 8H14.6M3.3 3.3 4.2 4.2M11.8 11.8 12.7 12.7M3.3 12.7 4.2 11.8M11.8 4.2 12.7 3.3',
  dark: 'M13.4 9.4A5.8 5.8 0 0 1 6.6 2.6 5.8 5.8 0 1 0 13.4 9.4Z',
  system: 'M2 3H14V11H2ZM5.6 13.6H10.4M8 11V13.6',
  leave: 'M9.6 2.4H3.2V13.6H9.6M6.6 8H14M11.4 5.4 14 8 11.4 10.6',
  more: 'M3.4 8H3.5M8 8H8.1M12.6 8H12.7',
  check: 'M3 8.6 6.4 12 13 4.6',
  cross: 'M4 4 12 12M12 4 4 12',
  search: 'M7 2.4A4.6 4.6 0 1 1 7 11.6 4.6 4.6 0 0 1 7 2.4M10.4 10.4 13.8 13.8',
  download: 'M8 2.4V10.4M4.8 7.4 8 10.6 11.2 7.4M2.8 13.4H13.2',
  refresh: 'M13.4 8A5.4 5.4 0 1 1 11.6 4M13.4 2.4V5.4H10.4',
  chevron: 'M6 3.6 10.4 8 6 12.4',
  block: 'M8 2A6 6 0 1 1 8 14 6 6 0 0 1 8 2M3.8 3.8 12.2 12.2',
  person: 'M8 2.4A2.6 2.6 0 1 1 8 7.6 2.6 2.6 0 0 1 8 2.4M2.8 13.8C3.2 11 5.2 9.6 8 9.6S12.8 11 13.2 13.8',
} as const;

export type IconName = keyof typeof DRAWINGS;

/** Decoration: what it means stands in words beside it, or in the label of the button it is in. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={DRAWINGS[name]} />
    </svg>
  );
}
