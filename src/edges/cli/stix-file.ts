/** `penstock incidents ID --stix FILE` */
import { writeFileSync } from 'node:fs';
import { answered } from './client.ts';
import type { Context } from './context.ts';
import { CommandError } from './errors.ts';
import { plain } from './plain-text.ts';

/** An existing file is overwritten. @throws CommandError */
export async function writeStix(context: Context, id: string | undefined, file: string): Promise<undefined> {
  if (id === undefined) {
    const message = '--stix writes one incident: name it, for example penstock incidents I42 --stix i42.json';
    throw new CommandError('PENSTOCK_INCIDENT_MISSING', 2, message);
  }
  const api = await context.api();
  const bundle = await answered(api.GET('/v1/incidents/{id}/stix', { params: { path: { id } } }));
  try {
    writeFileSync(file, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new CommandError('PENSTOCK_FILE_UNWRITABLE', 1, `${file}: ${(cause as Error).message}`, { cause });
  }
  const told = { file, objects: bundle.objects.length };
  context.screen.show(told, () => plain(`${id} is in ${file}: ${bundle.objects.length} objects`));
  return undefined;
}
