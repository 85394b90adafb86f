/** The mail sink's two doors: SMTP, which takes everything and sends nothing on, and HTTP, which shows what arrived. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { simpleParser, type AddressObject } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { listPage, MAIL_POLICY, messagePage, notFoundPage, PAGE_POLICY } from './mail-page.ts';
import type { Mailbox, StoredMessage } from './mailbox.ts';

const LIMIT_BYTES = 10_000_000;

/** No TLS and no login: it listens on this machine, for programs that send as they would to a relay. */
export function smtpDoor(mailbox: Mailbox): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LIMIT_BYTES,
    onData: (stream, session, done) => {
      receive(stream, session)
        .then((message) => {
          if (stream.sizeExceeded) throw refusal(552, 'message too large');
          mailbox.add(message);
        })
        .then(
          () => done(),
          // Of a full disk the sender hears that it is to try again.
          (error: NodeJS.ErrnoException) => done(error.code === 'ENOSPC' ? refusal(452, 'no room for it now') : error),
        );
    },
  });
}

const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });

async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Omit<StoredMessage, 'id'>> {
  const parsed = await simpleParser(stream, { skipTextToHtml: true });
  // The envelope, not the header: it says who really gets it, blind copies included.
  const to = session.envelope.rcptTo.map(({ address }) => address);
  return {
    message_id: parsed.messageId ?? null,
    from: addresses(parsed.from) || (session.envelope.mailFrom ? session.envelope.mailFrom.address : ''),
    to,
    subject: parsed.subject ?? '',
    date: new Date().toISOString(),
    text: parsed.text ?? '',
    html: parsed.html || null,
    attachments: parsed.attachments.map(({ filename }) => filename ?? 'unnamed'),
  };
}

const addresses = (field: AddressObject | undefined): string => field?.text ?? '';

export function httpDoor(mailbox: Mailbox): Server {
  return createServer((request, response) => {
    try {
      answer(mailbox, request, response);
    } catch {
      send(response, 400, 'text/plain', 'bad request');
    }
  });
}

function answer(mailbox: Mailbox, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://mail');
  const to = url.searchParams.get('to') ?? undefined;
  const call = `${request.method} ${url.pathname}`;
  if (call === 'GET /') return send(response, 200, 'text/html', listPage(mailbox.list(to), to));
  if (call === 'GET /api/messages') return send(response, 200, 'application/json', JSON.stringify(mailbox.list(to)));
  if (call === 'DELETE /api/messages') {
    mailbox.clear();
    return send(response, 204, 'text/plain', '');
  }
  const [, , id = '', part] = url.pathname.split('/');
  const message = /^GET \/messages\/\d+(\/html)?$/.test(call) ? mailbox.get(id) : undefined;
  if (!message) return send(response, 404, 'text/html', notFoundPage());
  if (part === undefined) return send(response, 200, 'text/html', messagePage(message));
  if (message.html === null) return send(response, 404, 'text/html', notFoundPage());
  return send(response, 200, 'text/html', message.html, MAIL_POLICY);
}

function send(response: ServerResponse, status: number, type: string, body: string, policy = PAGE_POLICY): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.end(body);
}
