/** The sandbox's RDAP (RFC 9082, 9083): what it says of a name to anybody, in RFC 8056's words. */
import { Router, type Response } from 'express';
import { toRdapStatus } from '../rdap/status.ts';
import { readName } from './commands.ts';
import type { Registered } from './state.ts';
import type { SandboxRegistry } from './registry.ts';

const CONFORMANCE = ['rdap_level_0'];

export function rdapRoutes(registry: SandboxRegistry): Router {
  const routes = Router();
  routes.get('/help', (_request, response) => {
    const notices = [
      { title: 'Sandbox', description: ['A simulated registry for names under .test.', 'GET /domain/{name}'] },
    ];
    answer(response, 200, { rdapConformance: CONFORMANCE, notices });
  });
  routes.get('/domain/:name', async (request, response) => {
    const read = readName(request.params.name.replace(/\.$/, ''));
    if ('code' in read && read.code === 2005) return refuse(response, 400, 'Bad Request', 'That is not a domain name.');
    const name = 'name' in read ? read.name : '';
    await registry.settled(name);
    const state = registry.stateOf(name);
    if (state.kind !== 'registered') return refuse(response, 404, 'Not Found', 'There is no such domain.');
    return answer(response, 200, domainObject(name, state, registry.nowOf(name)));
  });
  return routes;
}

function domainObject(name: string, state: Registered, now: number): object {
  const event = (eventAction: string, at: number) => ({ eventAction, eventDate: new Date(at).toISOString() });
  return {
    objectClassName: 'domain',
    rdapConformance: CONFORMANCE,
    handle: state.roid,
    ldhName: name,
    status: toRdapStatus(state.statuses, state.rgp),
    events: [
      event('registration', state.createdAt),
      event('expiration', state.expiresAt),
      ...(state.updatedAt === undefined ? [] : [event('last changed', state.updatedAt)]),
      event('last update of RDAP database', now),
    ],
    entities: [
      {
        objectClassName: 'entity',
        handle: state.sponsor,
        roles: ['registrar'],
        vcardArray: [
          'vcard',
          [
            ['version', {}, 'text', '4.0'],
            ['fn', {}, 'text', state.sponsor],
          ],
        ],
      },
    ],
    nameservers: state.nameservers.map((ldhName) => ({ objectClassName: 'nameserver', ldhName })),
    secureDNS: { delegationSigned: false },
  };
}

function refuse(response: Response, errorCode: number, title: string, description: string): void {
  answer(response, errorCode, { rdapConformance: CONFORMANCE, errorCode, title, description: [description] });
}

function answer(response: Response, status: number, body: object): void {
  // RFC 7480 section 5.6: RDAP is for scripts in pages too.
  response
    .status(status)
    .set('Access-Control-Allow-Origin', '*')
    .type('application/rdap+json')
    .send(JSON.stringify(body));
}
