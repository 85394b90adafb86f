/** Every EPP command the engine sends, as XML valid against the schemas of RFC 5730, 5731, 3915, 8748 and 8807. */
import type { CreateRequest, UpdateRequest } from '../gateway.ts';
import { DOMAIN, EPP, FEE, LOGIN_SECURITY } from './namespaces.ts';
import { tag, xmlDocument, type Markup } from './xml.ts';

/** RFC 5730's pwType ends here; a longer password needs RFC 8807. */
export const MAX_PLAIN_PASSWORD = 16;

export interface LoginRequest {
  clid: string;
  password: string;
  version: string;
  lang: string;
  objects: readonly string[];
  extensions: readonly string[];
}

const epp = (content: Markup): string => xmlDocument(tag('epp', { xmlns: EPP }, content));

export const command = (verb: Markup, clTRID: string, extension?: Markup): string =>
  epp(tag('command', {}, verb, extension && tag('extension', {}, extension), tag('clTRID', {}, clTRID)));

const ofDomain = (verb: string, content: readonly Markup[]): Markup =>
  tag(verb, {}, tag(`domain:${verb}`, { 'xmlns:domain': DOMAIN }, content));

export const helloXml = (): string => epp(tag('hello'));

export const logoutXml = (clTRID: string): string => command(tag('logout'), clTRID);

export function loginXml(request: LoginRequest, clTRID: string): string {
  const { clid, password, version, lang, objects, extensions } = request;
  const secure = password.length > MAX_PLAIN_PASSWORD && extensions.includes(LOGIN_SECURITY);
  const login = tag(
    'login',
    {},
    tag('clID', {}, clid),
    tag('pw', {}, secure ? '[LOGIN-SECURITY]' : password),
    tag('options', {}, tag('version', {}, version), tag('lang', {}, lang)),
    tag(
      'svcs',
      {},
      objects.map((uri) => tag('objURI', {}, uri)),
      extensions.length > 0
        ? tag(
            'svcExtension',
            {},
            extensions.map((uri) => tag('extURI', {}, uri)),
          )
        : undefined,
    ),
  );
  const security = tag('loginSec:loginSec', { 'xmlns:loginSec': LOGIN_SECURITY }, tag('loginSec:pw', {}, password));
  return command(login, clTRID, secure ? security : undefined);
}

/**
 * One name or several in one command (RFC 5731 section 3.1.1). `withFee` asks, where the registry speaks RFC 8748, for the fee
 * class too: that is how a premium name shows.
 */
export function checkXml(names: string | readonly string[], clTRID: string, withFee = false): string {
  const asked = [names].flat().map((name) => tag('domain:name', {}, name));
  const fee = tag('fee:check', { 'xmlns:fee': FEE }, tag('fee:command', { name: 'create' }));
  return command(ofDomain('check', asked), clTRID, withFee ? fee : undefined);
}

const pw = (authInfo: string): Markup => tag('domain:authInfo', {}, tag('domain:pw', {}, authInfo));

/** With an authInfo: is it that of the name (RFC 5731 section 3.1.2)? */
export const infoXml = (name: string, clTRID: string, authInfo?: string): string =>
  command(ofDomain('info', [tag('domain:name', {}, name), ...(authInfo === undefined ? [] : [pw(authInfo)])]), clTRID);

const hosts = (names: readonly string[]): Markup =>
  tag(
    'domain:ns',
    {},
    names.map((host) => tag('domain:hostObj', {}, host)),
  );

export function createXml(request: CreateRequest, clTRID: string): string {
  const { name, periodYears, registrant, contacts, nameservers, authInfo } = request;
  const content = [tag('domain:name', {}, name), tag('domain:period', { unit: 'y' }, String(periodYears))];
  if (nameservers.length > 0) content.push(hosts(nameservers));
  if (registrant) content.push(tag('domain:registrant', {}, registrant));
  if (contacts.admin) content.push(tag('domain:contact', { type: 'admin' }, contacts.admin));
  if (contacts.tech) content.push(tag('domain:contact', { type: 'tech' }, contacts.tech));
  content.push(pw(authInfo));
  return command(ofDomain('create', content), clTRID);
}

/** RFC 5731 section 3.2.5; at least one change must be there. */
export function updateXml({ name, add, remove, registrant, authInfo }: UpdateRequest, clTRID: string): string {
  const content = [tag('domain:name', {}, name)];
  if (add.length > 0) content.push(tag('domain:add', {}, hosts(add)));
  if (remove.length > 0) content.push(tag('domain:rem', {}, hosts(remove)));
  const changed = [
    ...(registrant === undefined ? [] : [tag('domain:registrant', {}, registrant)]),
    ...(authInfo === undefined ? [] : [pw(authInfo)]),
  ];
  if (changed.length > 0) content.push(tag('domain:chg', {}, changed));
  return command(ofDomain('update', content), clTRID);
}

/** `currentExpiry` in epoch ms: the registry compares its date, so that a renew sent twice renews once. */
export function renewXml(name: string, currentExpiry: number, periodYears: number, clTRID: string): string {
  const date = new Date(currentExpiry).toISOString().slice(0, 10);
  const content = [
    tag('domain:name', {}, name),
    tag('domain:curExpDate', {}, date),
    tag('domain:period', { unit: 'y' }, String(periodYears)),
  ];
  return command(ofDomain('renew', content), clTRID);
}

export const deleteXml = (name: string, clTRID: string): string =>
  command(ofDomain('delete', [tag('domain:name', {}, name)]), clTRID);
