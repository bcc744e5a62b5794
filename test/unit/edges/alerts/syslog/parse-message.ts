/** RFC 5424 read by its grammar, one character after the other; anything else throws. */

export interface ParsedMessage {
  readonly priority: number;
  readonly time: string;
  readonly hostname: string;
  readonly app: string;
  readonly processId: string;
  readonly msgId: string;
  readonly data: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Without the byte order mark. */
  readonly message: string;
}

const HEADER =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) /;

export function parseMessage(bytes: Buffer): ParsedMessage {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const header = HEADER.exec(text);
  if (header === null) throw new Error(`no header: ${text.slice(0, 200)}`);
  const [all, priority, time, hostname, app, processId, msgId] = header;
  const { data, end } = structuredData(text, all.length);
  if (text[end] !== ' ') throw new Error(`no space before the message at ${end}`);
  const message = text.slice(end + 1).replace(/^\uFEFF/, '');
  return { priority: Number(priority), time, hostname, app, processId, msgId, data, message };
}

function structuredData(text: string, start: number) {
  if (text[start] === '-') return { data: {}, end: start + 1 };
  const data: Record<string, Record<string, string>> = {};
  let at = start;
  while (text[at] === '[') {
    const element = elementAt(text, at + 1);
    data[element.id] = element.values;
    at = element.end;
  }
  return { data, end: at };
}

function elementAt(text: string, start: number) {
  const id = nameAt(text, start);
  const values: Record<string, string> = {};
  let at = start + id.length;
  while (text[at] === ' ') {
    const name = nameAt(text, at + 1);
    at += 1 + name.length;
    if (text.slice(at, at + 2) !== '="') throw new Error(`no value at ${at}`);
    const value = valueAt(text, at + 2);
    if (name in values) throw new Error(`${name} twice`);
    values[name] = value.value;
    at = value.end;
  }
  if (text[at] !== ']') throw new Error(`no end of the element at ${at}`);
  return { id, values, end: at + 1 };
}

/** SD-NAME: 1 to 32 printable characters, without `=`, space, `]` and `"`. */
function nameAt(text: string, start: number): string {
  const [name] = /^[!#-<>-\\^-~]{1,32}/.exec(text.slice(start, start + 33)) ?? [];
  if (name === undefined) throw new Error(`no name at ${start}`);
  return name;
}

function valueAt(text: string, start: number): { value: string; end: number } {
  let value = '';
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') return { value, end: at + 1 };
    if (text[at] === ']') throw new Error(`a bare ] at ${at}`);
    if (text[at] === '\\' && '"\\]'.includes(text[at + 1])) at += 1;
    value += text[at];
  }
  throw new Error('a value without end');
}
