/** Frames survive however TLS cuts them, and a length that cannot be true ends the reading. */
import fc from 'fast-check';
import { encodeFrame, FrameReader, MAX_FRAME_BYTES } from '../../registry/epp/frame.ts';

const texts = ['<a/>', '<b>bücher ☃</b>', 'x'.repeat(5000)];
const wire = Buffer.concat(texts.map(encodeFrame));

test('a frame says its length with its own four bytes counted', () => {
  expect(encodeFrame('<a/>').readUInt32BE(0)).toBe(8);
});

test('frames are the same wherever the stream is cut in two', () => {
  for (let cut = 0; cut <= wire.length; cut++) {
    const reader = new FrameReader();
    const read = [wire.subarray(0, cut), wire.subarray(cut)].flatMap((piece) => reader.push(piece).bodies);
    if (read.map(String).join('|') !== texts.join('|')) throw new Error(`cut at ${cut}`);
  }
});

test('frames are the same however the stream is cut into many', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 }), (sizes) => {
      const reader = new FrameReader();
      const read: string[] = [];
      for (let from = 0, turn = 0; from < wire.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        read.push(...reader.push(wire.subarray(from, from + size)).bodies.map(String));
        from += size;
      }
      expect(read).toEqual(texts);
    }),
    { numRuns: 50 },
  );
});

test.each([0, 3, 4, MAX_FRAME_BYTES + 1, 0xffffffff])('a length of %d is broken', (length) => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(length);
  expect(new FrameReader().push(header)).toEqual({ bodies: [], broken: `a frame of ${length} bytes` });
});

test('frames before a broken one are still read', () => {
  const { bodies, broken } = new FrameReader().push(Buffer.concat([encodeFrame('<a/>'), Buffer.alloc(4)]));
  expect(bodies.map(String)).toEqual(['<a/>']);
  expect(broken).toBeDefined();
});
