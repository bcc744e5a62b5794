import { spawnSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordingError } from '../../../../src/flow/errors.ts';
import { readRecordedFlows } from '../../../../src/flow/recorded/read.ts';
import { listed, readText, recordingFiles, refusal } from './recording.ts';

const record = (ts: number, note = '') =>
  `${JSON.stringify({ ts, proto: 'udp', src: '192.0.2.1', dst: '192.0.2.2', orig_bytes: 1, reply_bytes: 0, orig_pkts: 1, reply_pkts: 0, source_note: note })}\n`;
const starts = async (content: string | Uint8Array) =>
  (await readText(content)).map(({ startedAtMs }) => startedAtMs);

const isoOf = (ts: number) => new Date(ts * 1000).toISOString().slice(0, 19).replace('T', ' ');

describe('a recording', () => {
  it.each<[string, string | Uint8Array]>([
    ['plain', record(1) + record(2)],
    ['without a newline at its end', (record(1) + record(2)).trimEnd()],
    ['with lines ended as on Windows', (record(1) + record(2)).replaceAll('\n', '\r\n')],
    ['with blank lines', `\n\n${record(1)}\n\r\n${record(2)}\n`],
    ['with a byte order mark', `\ufeff${record(1)}${record(2)}`],
    ['gzip', gzipSync(record(1) + record(2))],
    ['gzip of several members', Buffer.concat([record(1), record(2)].map((text) => gzipSync(text)))],
    ['zstd', zstdCompressSync(record(1) + record(2))],
    ['zstd of several frames', Buffer.concat([record(1), record(2)].map((text) => zstdCompressSync(text)))],
  ])('%s is read', async (_, content) => {
    expect(await starts(content)).toEqual([1000, 2000]);
  });

  it.each<[string, string | Uint8Array]>([
    ['nothing at all', ''],
    ['one byte', '\n'],
    ['blank lines', ' \n\n\r\n'],
    ['nothing, compressed', gzipSync('')],
    ['nothing, compressed otherwise', zstdCompressSync('')],
  ])('may hold %s', async (_, content) => {
    expect(await starts(content)).toEqual([]);
  });

  it('is read to the same flows wherever it is cut into members', async () => {
    const text = Array.from({ length: 30 }, (_, i) => record(i, 'ü'.repeat(i))).join('');
    const bytes = Buffer.from(text);
    const expected = await readText(text);
    const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.constantFrom(gzipSync, zstdCompressSync), async (places, compress) => {
        const ends = [0, ...places.toSorted((x, y) => x - y), bytes.length];
        const members = ends.slice(1).map((end, i) => compress(bytes.subarray(ends[i], end)));
        expect(await readText(Buffer.concat(members))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it.each<[string, string, (ts: number) => string]>([
    ['JSON', '', (ts) => record(ts)],
    [
      'columns of Zeek',
      '#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\tresp_bytes\torig_pkts\tresp_pkts\tconn_state\n',
      (ts) => `${ts}.000000\t192.0.2.1\t4000\t192.0.2.2\t53\tudp\t1\t0\t1\t0\tS0\n`,
    ],
    [
      'CSV',
      'ts,te,td,sa,da,sp,dp,pr,flg,ipkt,ibyt\n',
      (ts) => `${isoOf(ts)},${isoOf(ts)},0.000,192.0.2.1,192.0.2.2,${20_000 + ts},53,UDP,........,1,58\n`,
    ],
  ])('of many pieces is read whole, plain and compressed: %s', async (_, head, lineAt) => {
    const text = head + Array.from({ length: 10_000 }, (_, i) => lineAt(i + 1)).join('');
    const expected = Array.from({ length: 10_000 }, (_, i) => (i + 1) * 1000);
    expect(await starts(text)).toEqual(expected);
    expect(await starts(gzipSync(text))).toEqual(expected);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['gzip', gzipSync(record(1)).subarray(0, -6), /^the compressed data is cut off/],
    ['only the head of gzip', gzipSync(record(1)).subarray(0, 5), /^the compressed data is cut off/],
    ['zstd', zstdCompressSync(record(1)).subarray(0, -6), /^the compressed data is cut off/],
    [
      'one of two members',
      Buffer.concat([gzipSync(record(1)), gzipSync(record(2)).subarray(0, -9)]),
      /cut off/,
    ],
  ])('that is cut off is refused: %s', async (_, content, problem) => {
    const error = await refusal(content);
    expect(error).toMatchObject({ code: 'PENSTOCK_RECORDING_INVALID', line: 0 });
    expect(error.problem).toMatch(problem);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'a wrong checksum',
      Buffer.concat([gzipSync(record(1)).subarray(0, -8), Buffer.alloc(8)]),
      /^the compressed data is damaged/,
    ],
    ['something else after gzip', Buffer.concat([gzipSync(record(1)), Buffer.from('else')]), /is damaged/],
    ['zeros after gzip', Buffer.concat([gzipSync(record(1)), Buffer.alloc(5)]), /^5 bytes after the end/],
    [
      'something else after zstd',
      Buffer.concat([zstdCompressSync(record(1)), Buffer.from('else')]),
      /^4 bytes after/,
    ],
  ])('that is damaged is refused: %s', async (_, content, problem) => {
    expect((await refusal(content)).problem).toMatch(problem);
  });

  it('whose last line is cut off is refused', async () => {
    const error = await refusal(record(1) + record(2).slice(0, 30));
    expect(error.line).toBe(2);
    expect(error.problem).toMatch(
      /is no JSON; it is the last line and has no newline, so the file may be cut off$/,
    );
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['packets', Buffer.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0), /^it is no text in UTF-8$/],
    ['text in UTF-16', Buffer.from(record(1), 'utf16le'), /^it is no text in UTF-8$/],
    ['a JSON list', `[${record(1)}]`, /^it is a JSON list$/],
    ['something else', 'hello\nworld\n', /^no known recording/],
    ['one word', 'hello', /^no known recording/],
  ])('that is %s is refused', async (_, content, problem) => {
    expect((await refusal(content)).problem).toMatch(problem);
  });

  it('with a line without end is refused before it is held', async () => {
    for (const content of [
      gzipSync(`${record(1)}{"ts":"${'x'.repeat(2 ** 25)}"}`),
      gzipSync(`{${' '.repeat(2 ** 25)}}`),
    ]) {
      expect((await refusal(content)).problem).toBe('a line of more than 1048576 bytes');
    }
  });

  it('with more flows than are held is refused, and says where', async () => {
    const text = Array.from({ length: 4 }, (_, i) => record(i)).join('');
    expect(await readText(text, { maxFlows: 4 })).toHaveLength(4);
    expect(await refusal(text, { maxFlows: 3 })).toMatchObject({
      code: 'PENSTOCK_RECORDING_TOO_LARGE',
      line: 4,
    });
  });

  it('that unfolds to more text than so many flows take is refused', async () => {
    const bomb = gzipSync(`${record(1)}${'\n'.repeat(2 ** 20)}`);
    expect(await refusal(bomb, { maxFlows: 100 })).toMatchObject({ code: 'PENSTOCK_RECORDING_TOO_LARGE' });
  });
});

describe('recordings', () => {
  it('become one timeline, in which flows that start together keep the order of the files', async () => {
    const paths = recordingFiles({
      one: record(3, 'one') + record(1, 'one'),
      two: gzipSync(record(2, 'two') + record(3, 'two')),
      three: `ts,pr,sa,da,ibyt,ipkt\n2.5,udp,192.0.2.1,192.0.2.2,1,1\n`,
    });
    const flows = listed(await readRecordedFlows(paths));
    expect(flows.map(({ startedAtMs, note }) => [startedAtMs, note])).toEqual([
      [1000, 'one'],
      [2000, 'two'],
      [2500, null],
      [3000, 'one'],
      [3000, 'two'],
    ]);
    expect(listed(await readRecordedFlows([]))).toEqual([]);
  });

  it('may have the directions of a flow in files of their own', async () => {
    const header = 'ts,pr,sa,sp,da,dp,ibyt,ipkt\n';
    const paths = recordingFiles({
      back: `${header}2.1,udp,192.0.2.2,53,192.0.2.1,4000,200,1\n`,
      out: `${header}2.0,udp,192.0.2.1,4000,192.0.2.2,53,60,1\n`,
    });
    const flows = listed(await readRecordedFlows(paths));
    expect(flows).toHaveLength(1);
    expect(flows[0]).toMatchObject({ bytesOut: 60, bytesIn: 200, outcome: 'answered' });
  });

  it('tell how far reading is, in bytes as they are on disk', async () => {
    const contents = { one: gzipSync(record(1).repeat(1000)), two: record(2) };
    const total = contents.one.length + contents.two.length;
    const heard: [number, number][] = [];
    await readRecordedFlows(recordingFiles(contents), { onProgress: (...bytes) => heard.push(bytes) });
    expect(heard).toEqual([
      [contents.one.length, total],
      [total, total],
    ]);
  });

  it('that cannot be read are named, with the cause', async () => {
    const [path] = recordingFiles({ here: record(1) });
    for (const [file, code] of [
      [`${path}.gone`, 'ENOENT'],
      [`${path}/..`, 'ENOTDIR'],
      ['/', 'EISDIR'],
    ]) {
      const error = await readRecordedFlows([path, file]).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RecordingError);
      expect(error).toMatchObject({ code: 'PENSTOCK_RECORDING_UNREADABLE', file, cause: { code } });
    }
  });

  it('name the file of an error', async () => {
    const paths = recordingFiles({ good: record(1), bad: 'no\n' });
    await expect(readRecordedFlows(paths)).rejects.toMatchObject({ file: paths[1], line: 1 });
  });
});

describe('standard input', () => {
  const program = (module: string) => `
    import { readRecordedFlows } from ${JSON.stringify(module)};
    const flows = await readRecordedFlows(['-'], { onProgress: (_, total) => total === 0 || process.exit(3) });
    console.log(flows.length);`;
  const module = new URL('../../../../src/flow/recorded/read.ts', import.meta.url).href;

  it.each<[string, string | Uint8Array, string]>([
    ['plain', record(1) + record(2), '2\n'],
    ['compressed', gzipSync(record(1) + record(2)), '2\n'],
    ['empty', '', '0\n'],
  ])('is read, %s', (_, input, expected) => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program(module)], {
      input,
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' });
  });

  it('is refused when named twice', async () => {
    await expect(readRecordedFlows(['-', '-'])).rejects.toMatchObject({ problem: 'it is named twice' });
  });
});
