/**
 * DNS messages out of one direction of a TCP connection (RFC 1035, section 4.2.2; RFC 7766): each behind its length.
 * Every segment passes at once; what comes before its turn is kept, so that the segment that completes a message
 * finds all of it here before it goes on.
 *
 *   sequence numbers   ...|  bytes of the message begun  |  gap  |  kept segment  |
 *                            #begun                      ^ #next
 *
 * Of bytes sent twice the first are taken. A stream that keeps more than its bound is given up.
 */
const LENGTH_BYTES = 2;
/** The longest message and its length, and as much that comes before its turn. */
const MAX_KEPT_BYTES = 2 * 0x10000;
const MAX_KEPT_SEGMENTS = 256;

export class MessageStream {
  #next: number;
  #begun: Uint8Array = new Uint8Array(0);
  readonly #early = new Map<number, Uint8Array>();
  #earlyBytes = 0;
  #lost = false;

  /** `sequence` of the first byte. */
  constructor(sequence: number) {
    this.#next = sequence >>> 0;
  }

  /** Given up: nothing more comes of it. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Take the bytes of a segment and return the messages that they complete; not copied where one segment holds all. */
  take(sequence: number, bytes: Uint8Array): Uint8Array[] {
    if (this.#lost || bytes.length === 0) return [];
    if (this.#distance(sequence) > 0) this.#keep(sequence, bytes);
    else this.#append(sequence, bytes);
    this.#appendEarly();
    return this.#messages();
  }

  /** How far a sequence number lies ahead; below 0 when it is behind (RFC 9293, section 3.4). */
  #distance(sequence: number): number {
    return (sequence - this.#next) | 0;
  }

  #keep(sequence: number, bytes: Uint8Array): void {
    if (this.#early.has(sequence)) return;
    this.#earlyBytes += bytes.length;
    if (this.#earlyBytes > MAX_KEPT_BYTES || this.#early.size >= MAX_KEPT_SEGMENTS) this.#giveUp();
    else this.#early.set(sequence, bytes.slice());
  }

  #append(sequence: number, bytes: Uint8Array): void {
    const fresh = bytes.subarray(-this.#distance(sequence));
    if (fresh.length === 0) return;
    this.#next = (this.#next + fresh.length) >>> 0;
    if (this.#begun.length + fresh.length > MAX_KEPT_BYTES) this.#giveUp();
    else this.#begun = this.#begun.length === 0 ? fresh : Buffer.concat([this.#begun, fresh]);
  }

  /** Kept segments whose turn it is; one may make room for another. */
  #appendEarly(): void {
    for (let found = true; found && this.#early.size > 0; ) {
      found = false;
      for (const [sequence, bytes] of this.#early) {
        if (this.#distance(sequence) > 0) continue;
        this.#early.delete(sequence);
        this.#earlyBytes -= bytes.length;
        this.#append(sequence, bytes);
        found = true;
      }
    }
  }

  #messages(): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      const rest = this.#begun.length - at;
      const length = rest < LENGTH_BYTES ? 0 : (this.#begun[at] << 8) | this.#begun[at + 1];
      if (rest < LENGTH_BYTES || rest < LENGTH_BYTES + length) break;
      messages.push(this.#begun.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length));
      at += LENGTH_BYTES + length;
    }
    // A copy: the segment lies in the receive buffer.
    this.#begun = this.#begun.slice(at);
    return messages;
  }

  #giveUp(): void {
    this.#lost = true;
    this.#early.clear();
    this.#begun = new Uint8Array(0);
  }
}
