/**
 * What a registry sends, read into what the engine asks about. Only what is needed is looked for: unknown extensions
 * and missing optional elements are read over, because every registry adds some and leaves out others.
 */
import type { Registration } from '../../rules/stage.ts';
import type { Availability } from '../gateway.ts';
import { CONTACT, DOMAIN, EPP, FEE, RGP } from './namespaces.ts';
import { child, childrenOf, readXml, textOf, type XmlElement } from './xml.ts';

/** RFC 5730 section 2.4. */
export interface Greeting {
  server: string;
  versions: string[];
  langs: string[];
  objects: string[];
  extensions: string[];
}

/** RFC 5730 section 2.6. `code` is the first result's, 0 where there was none to read. */
export interface EppResponse {
  code: number;
  clTRID: string | undefined;
  resData: XmlElement | undefined;
  extension: XmlElement | undefined;
}

export type EppMessage =
  | { kind: 'greeting'; greeting: Greeting }
  | { kind: 'response'; response: EppResponse }
  | { kind: 'garbage'; reason: string };

export function readMessage(body: Uint8Array): EppMessage {
  const read = readXml(body);
  if (read.kind === 'refused') return { kind: 'garbage', reason: read.reason };
  if (read.root.name !== 'epp' || read.root.ns !== EPP) return { kind: 'garbage', reason: 'not an EPP document' };
  const greeting = child(read.root, EPP, 'greeting');
  if (greeting) return { kind: 'greeting', greeting: readGreeting(greeting) };
  const response = child(read.root, EPP, 'response');
  if (response) return { kind: 'response', response: readResponse(response) };
  return { kind: 'garbage', reason: 'neither a greeting nor a response' };
}

function readGreeting(greeting: XmlElement): Greeting {
  const menu = child(greeting, EPP, 'svcMenu');
  const texts = (parent: XmlElement | undefined, name: string) =>
    childrenOf(parent, EPP, name).map((element) => element.text);
  return {
    server: textOf(greeting, EPP, 'svID') ?? '',
    versions: texts(menu, 'version'),
    langs: texts(menu, 'lang'),
    objects: texts(menu, 'objURI'),
    extensions: texts(child(menu, EPP, 'svcExtension'), 'extURI'),
  };
}

function readResponse(response: XmlElement): EppResponse {
  const code = child(response, EPP, 'result')?.attributes.get('code') ?? '';
  return {
    code: /^[12]\d{3}$/.test(code) ? Number(code) : 0,
    clTRID: textOf(child(response, EPP, 'trID'), EPP, 'clTRID'),
    resData: child(response, EPP, 'resData'),
    extension: child(response, EPP, 'extension'),
  };
}

/** Epoch ms. XSD lets a zone be left out; EPP's instants are UTC (RFC 5731 section 2.4), so that is what it means. */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const iso = text.replace(' ', 'T');
  const zoned = !iso.includes('T') || /(Z|[+-]\d{2}:?\d{2})$/i.test(iso) ? iso : `${iso}Z`;
  const at = Date.parse(zoned);
  return Number.isNaN(at) ? undefined : at;
}

const keyword = (element: XmlElement): string[] => {
  const word = element.attributes.get('s') ?? element.text;
  return word === '' ? [] : [word];
};

/**
 * RFC 5731 section 3.1.2 with RFC 3915 section 4.1.2. An instant or id the registry does not tell is 0 or ''.
 * Undefined where there is no domain:infData.
 */
export function registrationOf(response: EppResponse): Registration | undefined {
  const data = child(response.resData, DOMAIN, 'infData');
  if (!data) return undefined;
  const ns = child(data, DOMAIN, 'ns');
  const hosts = [
    ...childrenOf(ns, DOMAIN, 'hostObj').map((host) => host.text),
    ...childrenOf(ns, DOMAIN, 'hostAttr').map((host) => textOf(host, DOMAIN, 'hostName') ?? ''),
  ];
  const updatedAt = instantOf(textOf(data, DOMAIN, 'upDate'));
  return {
    roid: textOf(data, DOMAIN, 'roid') ?? '',
    sponsor: textOf(data, DOMAIN, 'clID') ?? '',
    registeredAt: instantOf(textOf(data, DOMAIN, 'crDate')) ?? 0,
    expiresAt: instantOf(textOf(data, DOMAIN, 'exDate')) ?? 0,
    ...(updatedAt === undefined ? {} : { updatedAt }),
    statuses: childrenOf(data, DOMAIN, 'status').flatMap(keyword),
    rgp: childrenOf(child(response.extension, RGP, 'infData'), RGP, 'rgpStatus').flatMap(keyword),
    nameservers: hosts.filter((host) => host !== '').map((host) => host.toLowerCase()),
  };
}

/** Told to the sponsor alone, and not by registries that keep no contacts. */
export const registrantOf = (response: EppResponse): string | undefined =>
  textOf(child(response.resData, DOMAIN, 'infData'), DOMAIN, 'registrant');

/** What a name's authInfo is, where the registry tells it to the sponsor. */
export const authInfoOf = (response: EppResponse): string | undefined =>
  textOf(child(child(response.resData, DOMAIN, 'infData'), DOMAIN, 'authInfo'), DOMAIN, 'pw');

/** RFC 5733 section 3.1.2; '' where it is not told. */
export function contactSponsorOf(response: EppResponse): string | undefined {
  const data = child(response.resData, CONTACT, 'infData');
  return data && (textOf(data, CONTACT, 'clID') ?? '');
}

/** RFC 5731 section 3.1.1, by name in lower case. What the registry said nothing usable of is not there. */
export function availabilitiesOf(response: EppResponse): Map<string, Availability> {
  const answered = childrenOf(child(response.resData, DOMAIN, 'chkData'), DOMAIN, 'cd');
  const fees = childrenOf(child(response.extension, FEE, 'chkData'), FEE, 'cd');
  const found = new Map<string, Availability>();
  for (const about of answered) {
    const name = textOf(about, DOMAIN, 'name')?.toLowerCase();
    const avail = child(about, DOMAIN, 'name')?.attributes.get('avail');
    if (name === undefined || avail === undefined) continue;
    // Asked of one name only, some registries do not repeat it beside the fee.
    const fee = answered.length === 1 ? fees[0] : fees.find((cd) => textOf(cd, FEE, 'objID')?.toLowerCase() === name);
    const feeClass = textOf(fee, FEE, 'class')?.toLowerCase();
    const reason = textOf(about, DOMAIN, 'reason');
    found.set(name, {
      available: avail === '1' || avail === 'true',
      premium: feeClass !== undefined && feeClass !== 'standard',
      ...(reason === undefined ? {} : { reason }),
    });
  }
  return found;
}

/** The dates of a created domain (RFC 5731 section 3.2.1), epoch ms, as far as told. */
export function creationOf(response: EppResponse): { createdAt?: number; expiresAt?: number } {
  const data = child(response.resData, DOMAIN, 'creData');
  const createdAt = instantOf(textOf(data, DOMAIN, 'crDate'));
  const expiresAt = instantOf(textOf(data, DOMAIN, 'exDate'));
  return { ...(createdAt === undefined ? {} : { createdAt }), ...(expiresAt === undefined ? {} : { expiresAt }) };
}
