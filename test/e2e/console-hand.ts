/** What a person does on the console's pages again and again. */
import { readFileSync } from 'node:fs';
import type { ConsolePage } from './browser.ts';

/** The second click, with a reason where one is typed; ends when it is done. */
export async function confirmDialog({ page }: ConsolePage, verb: string, reason?: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  if (reason !== undefined) await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** What a click saves. */
export async function savedBy(
  { page }: ConsolePage,
  button: string,
): Promise<{ name: string; text: string }> {
  const click = page.getByRole('button', { name: button, exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), click]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}
