import { effect, signal } from '@preact/signals';

/** Of the page that is shown. */
export const pageTitle = signal('');
/** How many decisions wait for an answer: shown in the tab, for a console in the background. */
export const waitingCount = signal(0);

effect(() => {
  const waiting = waitingCount.value > 0 ? `(${waitingCount.value}) ` : '';
  const page = pageTitle.value === '' ? '' : `${pageTitle.value} · `;
  document.title = `${waiting}${page}Penstock`;
});
