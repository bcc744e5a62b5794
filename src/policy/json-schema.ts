/** The policy format as JSON Schema, for editors. */
import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import { policyDocument, policyPart } from './schema/policy.ts';

/** One schema for both kinds of file; text that only code can check has a description and examples. */
export function policyJsonSchema(): string {
  const either = z.discriminatedUnion('kind', [policyDocument, policyPart]);
  const schema = z.toJSONSchema(either, { io: 'input', unrepresentable: 'throw' });
  return `${JSON.stringify({ title: 'Penstock egress policy', ...schema }, null, 2)}\n`;
}

/** `node src/policy/json-schema.ts FILE` writes it. */
if (import.meta.main) writeFileSync(process.argv[2], policyJsonSchema());
