/**
 * EPP over TCP (RFC 5734 section 4): each data unit is four bytes of big-endian length, counting themselves, then XML.
 * TLS hands over bytes in pieces of any size; this puts them together again, within a bound.
 */
const HEADER_BYTES = 4;
/** No reply we ask for comes near it; a length beyond it is a broken or hostile peer. */
export const MAX_FRAME_BYTES = 1_048_576;

export function encodeFrame(xml: string): Buffer {
  const body = Buffer.byteLength(xml);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body);
  frame.writeUInt32BE(HEADER_BYTES + body, 0);
  frame.write(xml, HEADER_BYTES);
  return frame;
}

/** Whole bodies read so far. `broken`: the length cannot be true, and nothing after it can be read. */
export interface FramesRead {
  bodies: Buffer[];
  broken?: string;
}

export class FrameReader {
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The current frame's length once its header is in, else 0. */
  #frameBytes = 0;

  constructor(maxBytes: number = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): FramesRead {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    const bodies: Buffer[] = [];
    for (;;) {
      if (this.#frameBytes === 0) {
        if (this.#heldBytes < HEADER_BYTES) return { bodies };
        this.#frameBytes = this.#joined().readUInt32BE(0);
        if (this.#frameBytes <= HEADER_BYTES || this.#frameBytes > this.#maxBytes)
          return { bodies, broken: `a frame of ${this.#frameBytes} bytes` };
      }
      // Pieces are joined once per frame, not once per piece: a large frame in small pieces stays linear.
      if (this.#heldBytes < this.#frameBytes) return { bodies };
      const all = this.#joined();
      bodies.push(all.subarray(HEADER_BYTES, this.#frameBytes));
      const rest = all.subarray(this.#frameBytes);
      this.#held = rest.length > 0 ? [rest] : [];
      this.#heldBytes = rest.length;
      this.#frameBytes = 0;
    }
  }

  #joined(): Buffer {
    const all = this.#held.length === 1 && this.#held[0] ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [all];
    return all;
  }
}
