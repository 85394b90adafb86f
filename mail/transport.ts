/**
 * The one door to SMTP, with limits so short that a server which hangs never holds a reservation's life. What went wrong leaves
 * here as a type and a code: a server's own words may carry addresses and host names, and would end in a workflow's history.
 */
import { createTransport } from 'nodemailer';
import { ConfigError, type Config } from '../config.ts';
import { toCalendar, type Invitation } from './invitation.ts';

export interface Mail {
  /** The event it tells of. Gives the Message-ID: whoever gets the same one twice can tell. */
  id: string;
  to: { name?: string; address: string };
  fromName?: string;
  replyTo?: string;
  subject: string;
  text: string;
  html: string;
  /** Of the drop, for the calendar. */
  invitation?: Invitation;
  /** A page of HTML, attached. */
  report?: { filename: string; html: string };
}

export interface Mailer {
  /** Resolves once the server has taken the message over, within `totalMs`. Throws MailFailure and nothing else. */
  send(mail: Mail): Promise<void>;
  /** What is under way is finished; what is queued fails. */
  close(): void;
}

/** `permanent`: this message will be refused again. Everything else may pass, and is worth another attempt. */
export class MailFailure extends Error {
  override readonly name = 'MailFailure';
  readonly type: string;
  readonly permanent: boolean;
  readonly smtpCode?: number;

  constructor(type: string, permanent: boolean, smtpCode?: number) {
    super(
      `${permanent ? 'mail refused' : 'mail not delivered'}: ${type}${smtpCode === undefined ? '' : ` ${smtpCode}`}`,
    );
    this.type = type;
    this.permanent = permanent;
    if (smtpCode !== undefined) this.smtpCode = smtpCode;
  }
}

/** No step takes longer than `stepMs`. `totalMs` bounds the whole of it: the queue for a connection, and a server that trickles. */
export const MAIL_LIMITS = { stepMs: 3_000, totalMs: 5_000, idleMs: 2_000, connections: 5 } as const;

/** Throws ConfigError where SMTP_URL or MAIL_FROM cannot work. */
export function createMailer({ smtpUrl, MAIL_FROM }: Pick<Config, 'smtpUrl' | 'MAIL_FROM'>): Mailer {
  if (!URL.canParse(smtpUrl) || !/^smtps?:$/.test(new URL(smtpUrl).protocol))
    throw new ConfigError('SMTP_URL: must be an smtp:// or smtps:// URL');
  const sender = readSender(MAIL_FROM);
  const transporter = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: MAIL_LIMITS.connections,
    connectionTimeout: MAIL_LIMITS.stepMs,
    dnsTimeout: MAIL_LIMITS.stepMs,
    greetingTimeout: MAIL_LIMITS.stepMs,
    socketTimeout: MAIL_LIMITS.stepMs,
    // Sooner than the socket's limit, which would take a resting connection for a hanging one.
    idleTimeout: MAIL_LIMITS.idleMs,
    socketCloseTimeout: 500,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const { domain } = sender;
  return {
    async send({ id, to, fromName, replyTo, subject, text, html, invitation, report }) {
      const name = fromName ?? sender.name;
      try {
        await transporter.sendMail({
          messageId: `<${id}@${domain}>`,
          from: { name, address: sender.address },
          to: { name: to.name ?? '', address: to.address },
          ...(replyTo !== undefined && { replyTo: { name: '', address: replyTo } }),
          subject,
          text,
          html,
          // From and organizer must be one: calendars let nobody else move or withdraw an entry.
          ...(invitation && {
            icalEvent: {
              method: invitation.method,
              content: toCalendar(invitation, { name, email: sender.address, domain }, to.address),
            },
          }),
          ...(report && {
            attachments: [{ filename: report.filename, content: report.html, contentType: 'text/html; charset=utf-8' }],
          }),
          headers: { 'List-Id': `Backorder notices <notices.${domain}>`, 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(MAIL_LIMITS.totalMs),
        });
      } catch (error) {
        throw failureOf(error);
      }
    },
    close: () => transporter.close(),
  };
}

function readSender(from: string): { name: string; address: string; domain: string } {
  const [, name = '', local, domain] = /^(?:([^<>\r\n]*)<)?([^<>@\s]+)@([a-z0-9.-]+)>?$/i.exec(from.trim()) ?? [];
  if (!local || !domain) throw new ConfigError('MAIL_FROM: must be an e-mail address, or a name and an address in <>');
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address: `${local}@${domain}`, domain };
}

/**
 * A 5xx that is about the session or our own login, not about the message: 503 (RFC 5321, section 4.2.4) goes through on a new
 * connection, the others (RFC 4954, section 6) once the operator mends the settings.
 */
const NOT_THE_MESSAGE = [503, 530, 534, 535, 538];

/** Only a 5xx to the message or its addresses is final (RFC 5321, section 4.2.1). One to the greeting is not about it. */
function failureOf(error: unknown): MailFailure {
  const { code, responseCode } = error as { code?: unknown; responseCode?: number };
  const smtpCode = responseCode || undefined;
  const ofTheMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  const permanent =
    ofTheMessage && (smtpCode === undefined || (smtpCode >= 500 && !NOT_THE_MESSAGE.includes(smtpCode)));
  const type = code === 'EABORT' ? 'ETIMEDOUT' : typeof code === 'string' ? code : 'unknown';
  return new MailFailure(type, permanent, smtpCode);
}
