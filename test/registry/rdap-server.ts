/** RDAP servers of a test's own making, on this machine, and what a lookup of theirs came to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SourceTrouble } from '../../registry/http-trouble.ts';
import { createRdapClient, type RdapAnswer } from '../../registry/rdap/client.ts';
import { after } from './world.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The URL of a server that answers so until the test is over. */
export async function serving(answer: Answer): Promise<string> {
  const server = createServer(answer);
  const port = await listening(server);
  after(() => server.closeAllConnections());
  return `http://127.0.0.1:${port}`;
}

export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

export const json = (response: ServerResponse, body: unknown): void =>
  void response.setHeader('content-type', 'application/rdap+json').end(JSON.stringify(body));

/** One lookup by a client of its own. */
export const lookup = (base: string, name = 'example.com', limitMs?: number): Promise<RdapAnswer> =>
  createRdapClient().lookup(name, { base, limitMs });

/** What went wrong, which must be SourceTrouble. */
export async function troubleOf(answer: Promise<unknown>): Promise<SourceTrouble> {
  const error = await answer.then(
    (value) => new Error(`answered ${JSON.stringify(value)}`),
    (thrown: Error) => thrown,
  );
  if (!(error instanceof SourceTrouble)) throw error;
  return error;
}

/** As Verisign answers, with what a watch never reads. */
export const domain = {
  objectClassName: 'domain',
  ldhName: 'EXAMPLE.COM',
  handle: '2336799_DOMAIN_COM-VRSN',
  status: ['client transfer prohibited', 'auto renew period', 'serverHold'],
  events: [
    { eventAction: 'registration', eventDate: '1995-08-14T04:00:00Z' },
    { eventAction: 'expiration', eventDate: '2027-08-13T04:00:00Z' },
    { eventAction: 'last changed', eventDate: '2026-08-14T07:01:34Z' },
    { eventAction: 'last update of RDAP database' },
  ],
  entities: [
    { roles: ['abuse'], handle: 'no' },
    { roles: ['registrar'], handle: '376', publicIds: [{ type: 'IANA Registrar ID', identifier: '376' }] },
  ],
  nameservers: [{ objectClassName: 'nameserver', ldhName: 'A.IANA-SERVERS.NET' }, { objectClassName: 'nameserver' }],
  secureDNS: { delegationSigned: true },
  unheard_of: { anything: [1, 2] },
};
