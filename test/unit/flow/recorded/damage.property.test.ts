/** Whatever is done to a recording, it is read or refused with an error that names the file. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { it } from 'vitest';
import { RecordingError } from '../../../../src/flow/errors.ts';
import { playBack } from '../../../../src/flow/recorded/playback.ts';
import { readRecordedFlows } from '../../../../src/flow/recorded/read.ts';
import { recordingFiles } from './recording.ts';

const NDJSON = `{"ts":1676851429.5,"duration":0.25,"proto":"tcp","src":"192.0.2.10","sport":34606,"dst":"203.0.113.17","dport":80,"orig_bytes":710,"reply_bytes":726,"orig_pkts":10,"reply_pkts":8,"state":"SF","label":"benign","source_note":"one"}
{"ts":1676851430.5,"duration":0,"proto":"icmp","src":"fe80::1","sport":135,"dst":"ff02::1","dport":136,"orig_bytes":72,"reply_bytes":0,"orig_pkts":1,"reply_pkts":0}
`;
const ZEEK = `#separator \\x09
#unset_field\t-
#path\tconn
#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_pkts\torig_ip_bytes
1700000000.500000\t192.0.2.10\t50000\t203.0.113.9\t443\ttcp\t0.521000\t5\t704
1700000001.500000\t192.0.2.10\t50000\t203.0.113.9\t443\ttcp\t-\t-\t-
`;
const CSV = `ts,te,td,sa,da,sp,dp,pr,ipkt,ibyt,opkt,obyt
2023-11-14 22:13:21,2023-11-14 22:13:21,0.000,10.1.0.10,192.0.2.53,40000,53,UDP,1,58,0,0
2023-11-14 22:13:21,2023-11-14 22:13:21,0.000,192.0.2.53,10.1.0.10,53,40000,UDP,1,118,0,0
Summary
`;

/** A byte put somewhere, or a piece repeated or left out. */
type Damage = readonly [kind: 'put' | 'leave out' | 'repeat', at: number, length: number, byte: number];

const damage: fc.Arbitrary<Damage> = fc.tuple(
  fc.constantFrom('put', 'leave out', 'repeat'),
  fc.nat(),
  fc.nat(40),
  fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\n\r\t",:{}[]#-.\\0919e'))),
);

it.each<[string, Buffer]>([
  ['NDJSON', Buffer.from(NDJSON)],
  ['columns of Zeek', Buffer.from(ZEEK)],
  ['CSV', Buffer.from(CSV)],
  ['gzip', gzipSync(NDJSON)],
])('%s', async (_, whole) => {
  const [path] = recordingFiles({ recording: whole });
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
      writeFileSync(path, damages.reduce(damaged, whole));
      try {
        playBack(
          await readRecordedFlows([path]),
          () => true,
          () => {},
        );
      } catch (error) {
        if (!(error instanceof RecordingError) || error.file !== path) throw error;
      }
    }),
    { numRuns: 300 },
  );
});

function damaged(bytes: Buffer, [kind, position, length, byte]: Damage): Buffer {
  const at = position % (bytes.length + 1);
  const before = bytes.subarray(0, at);
  if (kind === 'put') return Buffer.concat([before, Buffer.of(byte), bytes.subarray(at + 1)]);
  if (kind === 'leave out') return Buffer.concat([before, bytes.subarray(at + length)]);
  return Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)]);
}
