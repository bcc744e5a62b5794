/**
 * A bundle: the files of one incident and their manifest in one tar.
 *
 *   MANIFEST.json     SHA-256 of each file below, and what stood when it was sealed
 *   MANIFEST.sha256   SHA-256 of MANIFEST.json, as sha256sum(1) writes and checks it
 *   ...               the files
 *
 * So a slip of one bit shows in the bundle alone. Who forges all of it must forge the ledger too: the manifest's
 * SHA-256 is recorded there.
 */
import { hash } from 'node:crypto';
import { damaged, EvidenceError } from './errors.ts';
import {
  MANIFEST_NAME,
  type Manifest,
  type ManifestFacts,
  makeManifest,
  manifestFile,
  readManifest,
} from './manifest.ts';
import { type BundleFile, readTar, writeTar } from './tar.ts';

const SUM_NAME = 'MANIFEST.sha256';
/** Far above what the limits of a policy come to. */
export const MAX_BUNDLE_BYTES = 64 * 2 ** 20;

export interface SealedBundle {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  /** Hex. */
  readonly manifestSha256: string;
  readonly bundleSha256: string;
}

/** @throws EvidenceError PENSTOCK_EVIDENCE_TOO_LARGE */
export function sealBundle(facts: ManifestFacts, files: readonly BundleFile[]): SealedBundle {
  const manifest = makeManifest(facts, files);
  const first = manifestFile(manifest);
  const bytes = writeTar([first, sumFile(first), ...files], facts.sealedAtMs);
  if (bytes.length > MAX_BUNDLE_BYTES) {
    throw new EvidenceError('PENSTOCK_EVIDENCE_TOO_LARGE', `a bundle of ${bytes.length} bytes is too large`);
  }
  return {
    bytes,
    manifest,
    manifestSha256: hash('sha256', first.content, 'hex'),
    bundleSha256: hash('sha256', bytes, 'hex'),
  };
}

/**
 * Take a bundle apart and prove that it is what its manifest says, to the last byte: the tar of its files, written
 * again, must be the same.
 * @throws EvidenceError that says what is not as it was sealed
 */
export function openBundle(bytes: Uint8Array): SealedBundle & { readonly files: readonly BundleFile[] } {
  if (bytes.length > MAX_BUNDLE_BYTES) {
    throw new EvidenceError('PENSTOCK_EVIDENCE_TOO_LARGE', `${bytes.length} bytes are too many for a bundle`);
  }
  const [first, sum, ...files] = readTar(bytes);
  if (first?.name !== MANIFEST_NAME) throw damaged(`its first file is not ${MANIFEST_NAME}`);
  if (sum?.name !== SUM_NAME || !same(sum.content, sumFile(first).content))
    throw damaged(`${MANIFEST_NAME} is not what was sealed`);
  const manifest = readManifest(first.content);
  compareFiles(manifest, files);
  if (!same(manifestFile(manifest).content, first.content))
    throw damaged(`${MANIFEST_NAME} is written otherwise than Penstock does`);
  if (!same(writeTar([first, sum, ...files], manifest.sealedAtMs), bytes))
    throw damaged('what lies between its files was changed');
  const manifestSha256 = hash('sha256', first.content, 'hex');
  return { bytes, manifest, manifestSha256, bundleSha256: hash('sha256', bytes, 'hex'), files };
}

function sumFile({ name, content }: BundleFile): BundleFile {
  return { name: SUM_NAME, content: Buffer.from(`${hash('sha256', content, 'hex')}  ${name}\n`) };
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function compareFiles({ files: listed }: Manifest, files: readonly BundleFile[]): void {
  for (const [i, { name, bytes, sha256 }] of listed.entries()) {
    const file = files[i];
    if (file?.name !== name) throw damaged(`${name} is missing, or not in its place`);
    if (file.content.length !== bytes || hash('sha256', file.content, 'hex') !== sha256)
      throw damaged(`${name} is not what was sealed`);
  }
  const extra = files[listed.length];
  if (extra !== undefined) throw damaged(`${extra.name} is not in the manifest`);
}
