/** The domain commands of RFC 5731 as the sandbox understands them: what is asked, is it well asked, what comes of it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { DOMAIN } from '../epp/namespaces.ts';
import { child, childrenOf, textOf, type XmlElement } from '../epp/xml.ts';
import { checkData, createData, infoData, renewData, rgpData, type Answer, type SponsorView } from './answers.ts';
import { MAX_NAMESERVERS, type SandboxRegistry } from './registry.ts';

/** Who asks, with which clTRID, and whether they chose RGP at login (RFC 3915 section 4.1.2 is for those). */
export interface Caller {
  clid: string;
  cltrid: string;
  rgp: boolean;
}

const TLD = 'test';
const MAX_YEARS = 10;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** 2005: not a name. 2306: a name, but none this registry sells. */
export function readName(text: string | undefined): { name: string } | { code: number } {
  if (text === undefined) return { code: 2003 };
  const name = text.toLowerCase();
  const labels = name.split('.');
  if (name.length > 253 || labels.length < 2 || !labels.every((label) => LABEL.test(label))) return { code: 2005 };
  return labels.length === 2 && labels[1] === TLD ? { name } : { code: 2306 };
}

/** `verb` is the command's element; its one child says of what object. */
export async function domainCommand(registry: SandboxRegistry, caller: Caller, verb: XmlElement): Promise<Answer> {
  const object = verb.children[0];
  if (!object) return { code: 2003 };
  if (object.ns !== DOMAIN) return { code: 2307 };
  if (object.name !== verb.name) return { code: 2001 };
  switch (verb.name) {
    case 'check':
      return check(registry, object);
    case 'info':
      return info(registry, caller, object);
    case 'create':
      return create(registry, caller, object);
    case 'renew':
      return renew(registry, caller, object);
    case 'update':
      return update(registry, caller, object);
    case 'delete': {
      const read = readName(textOf(object, DOMAIN, 'name'));
      return 'code' in read ? read : { code: (await registry.delete(read.name, caller.clid)).code };
    }
    default:
      return { code: 2101 };
  }
}

async function check(registry: SandboxRegistry, object: XmlElement): Promise<Answer> {
  const asked = childrenOf(object, DOMAIN, 'name').map(({ text }) => text);
  if (asked.length === 0) return { code: 2003 };
  if (asked.length > 100) return { code: 2004 };
  const answers = [];
  for (const text of asked) {
    const read = readName(text);
    if ('code' in read && read.code === 2005) return read;
    if ('code' in read) {
      answers.push({ name: text, reason: 'Not served here' });
      continue;
    }
    await registry.settled(read.name);
    const { kind } = registry.stateOf(read.name);
    answers.push({ name: read.name, ...(kind !== 'free' && { reason: kind === 'withheld' ? 'Reserved' : 'In use' }) });
  }
  return { code: 1000, resData: checkData(answers) };
}

async function info(registry: SandboxRegistry, caller: Caller, object: XmlElement): Promise<Answer> {
  const read = readName(textOf(object, DOMAIN, 'name'));
  if ('code' in read) return read;
  await registry.settled(read.name);
  const state = registry.stateOf(read.name);
  if (state.kind !== 'registered') return { code: 2303 };
  const { creation, registrant, authInfo } = registry.creationOf(read.name);
  const view: SponsorView = {
    contacts: creation?.contacts ?? [],
    authInfo: authInfo ?? createHash('sha256').update(`${state.roid} authInfo`).digest('base64url').slice(0, 16),
    ...(registrant !== undefined && { registrant }),
  };
  const given = textOf(child(object, DOMAIN, 'authInfo'), DOMAIN, 'pw');
  const mine = state.sponsor === caller.clid;
  if (!mine && given !== undefined && !sameSecret(given, view.authInfo)) return { code: 2202 };
  const extension = caller.rgp ? rgpData(state.rgp) : undefined;
  return { code: 1000, resData: infoData(read.name, state, mine ? view : undefined), ...(extension && { extension }) };
}

async function create(registry: SandboxRegistry, caller: Caller, object: XmlElement): Promise<Answer> {
  const read = readName(textOf(object, DOMAIN, 'name'));
  if ('code' in read) return read;
  const authInfo = textOf(child(object, DOMAIN, 'authInfo'), DOMAIN, 'pw');
  if (authInfo === undefined) return { code: 2003 };
  const period = yearsOf(object);
  if ('code' in period) return period;
  const nameservers = hostsOf(object);
  if (nameservers.length > MAX_NAMESERVERS) return { code: 2004 };
  if (!nameservers.every(isHost)) return { code: 2005 };
  const registrant = textOf(object, DOMAIN, 'registrant');
  const done = await registry.create({
    name: read.name,
    years: period.years,
    clid: caller.clid,
    cltrid: caller.cltrid,
    nameservers,
    contacts: contactsOf(object),
    authInfo,
    ...(registrant === undefined ? {} : { registrant }),
  });
  return { code: done.code, ...(done.registered && { resData: createData(read.name, done.registered) }) };
}

function hostsOf(parent: XmlElement | undefined): string[] {
  const ns = child(parent, DOMAIN, 'ns');
  const hosts = childrenOf(ns, DOMAIN, 'hostObj').map(({ text }) => text);
  const attributes = childrenOf(ns, DOMAIN, 'hostAttr').map((host) => textOf(host, DOMAIN, 'hostName') ?? '');
  return [...hosts, ...attributes].map((host) => host.toLowerCase());
}

const isHost = (host: string): boolean => host.includes('.') && host.split('.').every((label) => LABEL.test(label));

/** Name servers, the registrant and the authInfo; 2102 for what else an update may change. */
async function update(registry: SandboxRegistry, caller: Caller, object: XmlElement): Promise<Answer> {
  const read = readName(textOf(object, DOMAIN, 'name'));
  if ('code' in read) return read;
  const [added, removed, changed] = ['add', 'rem', 'chg'].map((part) => child(object, DOMAIN, part));
  const others = [added, removed].flatMap((part) => part?.children ?? []).filter(({ name }) => name !== 'ns');
  const settings = (changed?.children ?? []).filter(({ name }) => name !== 'registrant' && name !== 'authInfo');
  if (others.length > 0 || settings.length > 0) return { code: 2102 };
  const [add, remove] = [hostsOf(added), hostsOf(removed)];
  const registrant = textOf(changed, DOMAIN, 'registrant');
  const authInfo = textOf(child(changed, DOMAIN, 'authInfo'), DOMAIN, 'pw');
  const changes = [...add, ...remove, registrant, authInfo];
  if (changes.every((change) => change === undefined)) return { code: 2003 };
  if (![...add, ...remove].every(isHost)) return { code: 2005 };
  const order = {
    ...{ name: read.name, clid: caller.clid, add, remove },
    ...(registrant !== undefined && { registrant }),
    ...(authInfo !== undefined && { authInfo }),
  };
  return { code: (await registry.update(order)).code };
}

async function renew(registry: SandboxRegistry, caller: Caller, object: XmlElement): Promise<Answer> {
  const read = readName(textOf(object, DOMAIN, 'name'));
  if ('code' in read) return read;
  const date = textOf(object, DOMAIN, 'curExpDate');
  if (date === undefined) return { code: 2003 };
  if (!/^\d{4}-\d{2}-\d{2}(Z|[+-]\d{2}:\d{2})?$/.test(date)) return { code: 2005 };
  const period = yearsOf(object);
  if ('code' in period) return period;
  const done = await registry.renew(read.name, caller.clid, date.slice(0, 10), period.years);
  return { code: done.code, ...(done.registered && { resData: renewData(read.name, done.registered.expiresAt) }) };
}

function contactsOf(object: XmlElement): { type: string; id: string }[] {
  return childrenOf(object, DOMAIN, 'contact').map(({ attributes, text }) => ({
    type: attributes.get('type') ?? 'admin',
    id: text,
  }));
}

/** One year where nothing is said; 2004 for what is not whole years within ten. */
function yearsOf(object: XmlElement): { years: number } | { code: number } {
  const period = child(object, DOMAIN, 'period');
  if (!period) return { years: 1 };
  if (!/^\d{1,2}$/.test(period.text)) return { code: 2005 };
  const years = Number(period.text) / (period.attributes.get('unit') === 'm' ? 12 : 1);
  return Number.isInteger(years) && years >= 1 && years <= MAX_YEARS ? { years } : { code: 2004 };
}

export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
