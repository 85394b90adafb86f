/** What the sandbox says in EPP: greeting and responses, valid against the schemas of RFC 5730, 5731 and 3915. */
import { CONTACT, DOMAIN, EPP, RGP } from '../epp/namespaces.ts';
import { tag, xmlDocument, type Markup } from '../epp/xml.ts';
import type { Registered } from './state.ts';

/** RFC 5730 section 3. */
const MESSAGES: Readonly<Record<number, string>> = {
  1000: 'Command completed successfully',
  1001: 'Command completed successfully; action pending',
  1300: 'Command completed successfully; no messages',
  1500: 'Command completed successfully; ending session',
  2000: 'Unknown command',
  2001: 'Command syntax error',
  2002: 'Command use error',
  2003: 'Required parameter missing',
  2004: 'Parameter value range error',
  2005: 'Parameter value syntax error',
  2100: 'Unimplemented protocol version',
  2101: 'Unimplemented command',
  2102: 'Unimplemented option',
  2103: 'Unimplemented extension',
  2104: 'Billing failure',
  2105: 'Object is not eligible for renewal',
  2106: 'Object is not eligible for transfer',
  2200: 'Authentication error',
  2201: 'Authorization error',
  2202: 'Invalid authorization information',
  2300: 'Object pending transfer',
  2301: 'Object not pending transfer',
  2302: 'Object exists',
  2303: 'Object does not exist',
  2304: 'Object status prohibits operation',
  2305: 'Object association prohibits operation',
  2306: 'Parameter value policy error',
  2307: 'Unimplemented object service',
  2308: 'Data management policy violation',
  2400: 'Command failed',
  2500: 'Command failed; server closing connection',
  2501: 'Authentication error; server closing connection',
  2502: 'Session limit exceeded; server closing connection',
};

/** RFC 5730's result codes; a schema knows no others. */
export const isResultCode = (code: number): boolean => MESSAGES[code] !== undefined;

/** After these the server closes the connection (RFC 5730 section 3). */
export const CLOSING_CODES: readonly number[] = [1500, 2500, 2501, 2502];

const iso = (at: number) => new Date(at).toISOString();
const epp = (content: Markup) => xmlDocument(tag('epp', { xmlns: EPP }, content));

export function greetingXml(now: number): string {
  const menu = tag(
    'svcMenu',
    {},
    tag('version', {}, '1.0'),
    tag('lang', {}, 'en'),
    tag('objURI', {}, DOMAIN),
    tag('objURI', {}, CONTACT),
    tag('svcExtension', {}, tag('extURI', {}, RGP)),
  );
  const statement = tag(
    'statement',
    {},
    tag('purpose', {}, tag('admin'), tag('prov')),
    tag('recipient', {}, tag('ours'), tag('public')),
    tag('retention', {}, tag('stated')),
  );
  const policy = tag('dcp', {}, tag('access', {}, tag('all')), statement);
  return epp(
    tag('greeting', {}, tag('svID', {}, 'backorder sandbox registry'), tag('svDate', {}, iso(now)), menu, policy),
  );
}

export interface Answer {
  code: number;
  resData?: Markup;
  extension?: Markup;
}

export function responseXml({ code, resData, extension }: Answer, clTRID: string | undefined, svTRID: string): string {
  const content = [
    tag('result', { code: String(code) }, tag('msg', {}, MESSAGES[code] ?? 'Command failed')),
    ...(resData ? [tag('resData', {}, resData)] : []),
    ...(extension ? [tag('extension', {}, extension)] : []),
    tag('trID', {}, clTRID === undefined ? undefined : tag('clTRID', {}, clTRID), tag('svTRID', {}, svTRID)),
  ];
  return epp(tag('response', {}, content));
}

const domainData = (kind: string, content: readonly Markup[]) =>
  tag(`domain:${kind}`, { 'xmlns:domain': DOMAIN }, content);

export function checkData(names: readonly { name: string; reason?: string }[]): Markup {
  const about = names.map(({ name, reason }) =>
    tag(
      'domain:cd',
      {},
      tag('domain:name', { avail: reason === undefined ? '1' : '0' }, name),
      reason === undefined ? undefined : tag('domain:reason', {}, reason),
    ),
  );
  return domainData('chkData', about);
}

export function createData(name: string, { createdAt, expiresAt }: Registered): Markup {
  return domainData('creData', [
    tag('domain:name', {}, name),
    tag('domain:crDate', {}, iso(createdAt)),
    tag('domain:exDate', {}, iso(expiresAt)),
  ]);
}

export function renewData(name: string, expiresAt: number): Markup {
  return domainData('renData', [tag('domain:name', {}, name), tag('domain:exDate', {}, iso(expiresAt))]);
}

/** What only the sponsoring registrar sees. */
export interface SponsorView {
  registrant?: string;
  contacts: { type: string; id: string }[];
  authInfo: string;
}

export function infoData(name: string, state: Registered, own: SponsorView | undefined): Markup {
  const hosts = state.nameservers.map((host) => tag('domain:hostObj', {}, host));
  return domainData('infData', [
    tag('domain:name', {}, name),
    tag('domain:roid', {}, state.roid),
    ...state.statuses.map((s) => tag('domain:status', { s })),
    ...(own?.registrant === undefined ? [] : [tag('domain:registrant', {}, own.registrant)]),
    ...(own?.contacts ?? []).map(({ type, id }) => tag('domain:contact', { type }, id)),
    ...(hosts.length > 0 ? [tag('domain:ns', {}, hosts)] : []),
    tag('domain:clID', {}, state.sponsor),
    tag('domain:crID', {}, state.sponsor),
    tag('domain:crDate', {}, iso(state.createdAt)),
    ...(state.updatedAt === undefined
      ? []
      : [tag('domain:upID', {}, state.sponsor), tag('domain:upDate', {}, iso(state.updatedAt))]),
    tag('domain:exDate', {}, iso(state.expiresAt)),
    ...(own ? [tag('domain:authInfo', {}, tag('domain:pw', {}, own.authInfo))] : []),
  ]);
}

export function rgpData(rgp: readonly string[]): Markup | undefined {
  if (rgp.length === 0) return undefined;
  return tag(
    'rgp:infData',
    { 'xmlns:rgp': RGP },
    rgp.map((s) => tag('rgp:rgpStatus', { s })),
  );
}
