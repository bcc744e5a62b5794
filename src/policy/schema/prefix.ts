/** Networks and names of destinations. */
import * as z from 'zod';
import { parsePrefix } from '../../address/prefix.ts';
import { PolicyTextError } from '../errors.ts';
import { textField } from './text.ts';

export const prefixField = textField({
  parse: parsePrefix,
  description: 'Network in CIDR notation without host bits, or one address',
  examples: ['192.0.2.0/24', '2001:db8::/32', '192.0.2.1'],
});

export const prefixesField = z.array(prefixField);

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** A DNS name in lower case; the first label may be `*` (one label) or `**` (any depth). RFC 1035 section 2.3.4. */
function parseDomain(text: string): string {
  const [first, ...rest] = text.split('.');
  const labels = first === '*' || first === '**' ? rest : [first, ...rest];
  if (text.length > 253 || labels.length < 2 || !labels.every((label) => LABEL.test(label))) {
    throw new PolicyTextError(
      text,
      'no name of a host',
      'lower case, like mirror.example.org or *.cdn.example',
    );
  }
  if (/^[0-9]+$/.test(labels[labels.length - 1])) {
    throw new PolicyTextError(text, 'an address, not a name', 'write addresses under cidrs');
  }
  return text;
}

/** The name of one host, without patterns. @throws PolicyTextError */
export function parseName(text: string): string {
  const name = parseDomain(text);
  if (name.startsWith('*'))
    throw new PolicyTextError(text, 'many names', 'one name, like mirror.example.org');
  return name;
}

export const domainField = textField({
  parse: parseDomain,
  description: 'DNS name; * stands for one label, ** for any depth, both only in front',
  examples: ['mirror.example.org', '*.cdn.example', '**.pkg.example'],
});
