/** The mail sink's process: the mail server of a machine that has none, where every mail stays and can be read. */
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../config.ts';
import { httpDoor, smtpDoor } from './mail-server.ts';
import { Mailbox } from './mailbox.ts';

try {
  const config = loadConfig();
  const mailbox = new Mailbox(join(config.home, 'mail'));
  const smtp = smtpDoor(mailbox);
  const http = httpDoor(mailbox);
  const fail = (name: string) => (error: Error) => {
    console.error(`${name}: ${error.message}`);
    process.exit(1);
  };
  smtp.server.once('error', fail('SMTP_PORT'));
  // A client that hangs up half-way is its own affair.
  smtp.on('error', (error) => console.error(`smtp: ${error.message}`));
  http.once('error', fail('MAIL_PORT'));
  smtp.listen(config.SMTP_PORT, config.BIND_ADDRESS);
  http.listen(config.MAIL_PORT, config.BIND_ADDRESS, () => console.log(`mailbox on port ${config.MAIL_PORT}`));
  const end = (): void => {
    http.close();
    http.closeAllConnections();
    smtp.close(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(78);
}
