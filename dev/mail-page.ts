/**
 * The mail sink's pages. What a mail says is never trusted: text is escaped, and html stands in a sandboxed frame with a
 * policy of its own, where no script runs and nothing is fetched.
 */
import type { StoredMessage } from './mailbox.ts';

/** For the pages themselves: nothing but their own style. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'";
/** For a mail's html, wherever it is opened: inline style and pictures it carries itself, no script, no request. */
export const MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
  h1 { font-size: 1.3rem; } a { color: inherit; }
  table { width: 100%; border-collapse: collapse; }
  th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
  th { font-weight: 600; } td.when { white-space: nowrap; font-variant-numeric: tabular-nums; }
  dt { font-weight: 600; float: left; width: 6rem; } dd { margin: 0 0 .2rem 6rem; }
  iframe { width: 100%; height: 32rem; border: 1px solid #8886; background: #fff; }
  pre { white-space: pre-wrap; border: 1px solid #8886; padding: 1rem; } .none { opacity: .7; }`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>`;
}

const day = (iso: string): string => escapeHtml(iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'));

export function listPage(messages: StoredMessage[], to?: string): string {
  const whose = to === undefined ? '' : ` for ${escapeHtml(to)} <a href="/">(all)</a>`;
  const rows = messages.map(({ id, date, to: addresses, subject }) => {
    const links = addresses
      .map((each) => `<a href="/?to=${encodeURIComponent(each)}">${escapeHtml(each)}</a>`)
      .join(', ');
    const title = `<a href="/messages/${encodeURIComponent(id)}">${escapeHtml(subject || '(no subject)')}</a>`;
    return `<tr><td class="when">${day(date)}</td><td>${links}</td><td>${title}</td></tr>`;
  });
  const table = `<table><tr><th>Arrived</th><th>To</th><th>Subject</th></tr>${rows.join('\n')}</table>`;
  const none = '<p class="none">Nothing has arrived yet. Reload to look again.</p>';
  return page('Mailbox', `<h1>Mail that arrived${whose}</h1>${rows.length === 0 ? none : table}`);
}

export function messagePage(message: StoredMessage): string {
  const fields: [string, string][] = [
    ['From', message.from],
    ['To', message.to.join(', ')],
    ['Message-ID', message.message_id ?? 'none'],
    ...(message.attachments.length > 0 ? [['Attached', message.attachments.join(', ')] as [string, string]] : []),
  ];
  const head = fields.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  const html =
    message.html === null
      ? ''
      : `<iframe sandbox title="HTML part" src="/messages/${encodeURIComponent(message.id)}/html"></iframe>`;
  const body = `<p><a href="/">All mail</a></p><h1>${escapeHtml(message.subject || '(no subject)')}</h1>
<dl>${head}<dt>Arrived</dt><dd>${day(message.date)}</dd></dl>${html}<pre>${escapeHtml(message.text)}</pre>`;
  return page(message.subject, body);
}

export const notFoundPage = (): string => page('Not here', '<p>There is no such mail. <a href="/">All mail</a></p>');
