/**
 * MANIFEST.json, the first file of a bundle: what the others are, and what stood when it was sealed. Its own SHA-256
 * goes into the ledger, so that whoever changes a bundle must change the ledger too, which shows there.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { damaged } from './errors.ts';
import type { BundleFile } from './tar.ts';

export const FORMAT = 'penstock-evidence/1';
export const MANIFEST_NAME = 'MANIFEST.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const timeMs = z.number().min(0).max(8.64e15);
const text = z.string().max(1_000);

export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** `I42`. */
  incident: z.string().regex(/^I[1-9][0-9]{0,15}$/),
  sealedAtMs: timeMs,
  /** Of Penstock, and the machine's name. */
  version: text,
  gateway: text,
  /** The ledger's last entry when it was sealed. */
  ledger: z.strictObject({ seq: z.int().min(0), hash: sha256 }),
  policyDigest: text,
  /** Of the kernel's table, as the incident arose. */
  kernelDigest: text,
  /** What was looked at: connections from `fromMs` to `toMs`; the incident arose at `incidentMs`. */
  window: z.strictObject({ fromMs: timeMs, incidentMs: timeMs, toMs: timeMs }),
  /** null: the policy did not ask for packets. */
  packets: z.strictObject({ kept: z.int().min(0), missed: z.int().min(0) }).nullable(),
  /** What is not here though it should be, one sentence each. */
  incomplete: z.array(text).max(20),
  files: z.array(z.strictObject({ name: text, bytes: z.int().min(0), sha256 })).max(64),
});

export type Manifest = z.infer<typeof manifestSchema>;
/** What is known before the files are. */
export type ManifestFacts = Omit<Manifest, 'format' | 'files'>;

export function makeManifest(facts: ManifestFacts, files: readonly BundleFile[]): Manifest {
  const listed = files.map(({ name, content }) => ({
    name,
    bytes: content.length,
    sha256: hash('sha256', content, 'hex'),
  }));
  // In the schema's order, whatever the caller's: a manifest has one text.
  return manifestSchema.parse({ format: FORMAT, ...facts, files: listed });
}

export function manifestFile(manifest: Manifest): BundleFile {
  return { name: MANIFEST_NAME, content: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
}

/** @throws EvidenceError PENSTOCK_EVIDENCE_DAMAGED */
export function readManifest(content: Uint8Array): Manifest {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (cause) {
    throw damaged(`${MANIFEST_NAME} cannot be read`, { cause });
  }
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) throw damaged(`${MANIFEST_NAME} is not of the format ${FORMAT}`);
  return parsed.data;
}
