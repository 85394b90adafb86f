/** SMTP servers for tests: one that takes mail and keeps it as received, and ones that do not play along. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Inbox {
  url: string;
  received: { raw: string; parsed: ParsedMail; recipients: string[] }[];
  connections: () => number;
  close(): Promise<void>;
}

/** A real server on a free port. `options` can refuse. */
export async function startInbox(options: SMTPServerOptions = {}): Promise<Inbox> {
  const received: Inbox['received'] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const raw = Buffer.concat(parts).toString('utf8');
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        simpleParser(raw).then((parsed) => {
          received.push({ raw, parsed, recipients });
          done();
        }, done);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: urlOf(server.server),
    received,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Accepts connections, and does with each what it is told. */
export async function startRaw(onSocket: (socket: Socket) => void): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: urlOf(server),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A port on which nobody listens. */
export async function nobodyThere(): Promise<string> {
  const { url, close } = await startRaw(() => undefined);
  await close();
  return url;
}

const urlOf = (server: Pick<Server, 'address'>): string => `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
