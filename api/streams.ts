/**
 * Server-sent events: what a reader is sent for as long as it stays. A reader that does not keep up is let go, and comes back by itself
 * to what is true then; so are all when the process ends.
 */
import type { Response } from 'express';
import type { OpenStream } from './http.ts';

const HEARTBEAT_MS = 15_000;
/** A reader that has this much unread does not keep up. */
const MOST_UNREAD_BYTES = 65_536;

const open = new Set<Response>();

export function streamTo(response: Response, stream: OpenStream): void {
  response.set({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  response.flushHeaders();
  open.add(response);
  const beat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  const end = stream(({ id, event, data, last }) => {
    if (response.writableLength > MOST_UNREAD_BYTES) return void response.destroy();
    response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (last) response.end();
  });
  response.once('close', () => {
    clearInterval(beat);
    open.delete(response);
    end();
  });
}

/** Whoever drains would else wait for readers that never leave. */
export function endStreams(): void {
  for (const response of open) response.end();
}
