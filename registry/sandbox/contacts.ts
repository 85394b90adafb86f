/** The contact commands of RFC 5733 as the sandbox understands them: making one, and asking for it. */
import { CONTACT } from '../epp/namespaces.ts';
import { child, childrenOf, tag, textOf, type Markup, type XmlElement } from '../epp/xml.ts';
import type { Answer } from './answers.ts';
import type { Caller } from './commands.ts';
import { roidOf } from './state.ts';
import type { FactStore } from './store.ts';

export interface StoredContact {
  id: string;
  clid: string;
  createdAt: number;
  authInfo: string;
  /** The address as it was written, `int` or `loc`. */
  type: string;
  name: string;
  org?: string;
  street: string[];
  city: string;
  postalCode?: string;
  country: string;
  voice?: string;
  email: string;
}

export type ContactStore = Pick<FactStore, 'contacts' | 'saveContact'>;

const ID = /^[\x21-\x7e]{3,16}$/;

/** `verb` is the command's element; its one child says of what object. */
export async function contactCommand(store: ContactStore, caller: Caller, verb: XmlElement): Promise<Answer> {
  const object = verb.children[0];
  if (!object || object.name !== verb.name) return { code: 2001 };
  const id = textOf(object, CONTACT, 'id');
  if (id === undefined) return { code: 2003 };
  if (!ID.test(id)) return { code: 2005 };
  const found = store.contacts.get(id);
  switch (verb.name) {
    case 'info':
      if (!found) return { code: 2303 };
      return found.clid === caller.clid ? { code: 1000, resData: infoData(found) } : { code: 2201 };
    case 'create': {
      if (found) return { code: 2302 };
      const contact = written(id, caller, object);
      if (!contact) return { code: 2003 };
      await store.saveContact(contact);
      return { code: 1000, resData: createData(contact) };
    }
    default:
      return { code: 2101 };
  }
}

function written(id: string, { clid }: Caller, object: XmlElement): StoredContact | undefined {
  const postal = child(object, CONTACT, 'postalInfo');
  const address = child(postal, CONTACT, 'addr');
  const [name, city] = [textOf(postal, CONTACT, 'name'), textOf(address, CONTACT, 'city')];
  const [country, email] = [textOf(address, CONTACT, 'cc'), textOf(object, CONTACT, 'email')];
  const authInfo = textOf(child(object, CONTACT, 'authInfo'), CONTACT, 'pw');
  if (!name || !city || !country || !email || !authInfo) return undefined;
  const [org, postalCode] = [textOf(postal, CONTACT, 'org'), textOf(address, CONTACT, 'pc')];
  const voice = textOf(object, CONTACT, 'voice');
  return {
    ...{ id, clid, createdAt: Date.now(), authInfo, name, city, country, email },
    type: postal?.attributes.get('type') ?? 'loc',
    street: childrenOf(address, CONTACT, 'street').map(({ text }) => text),
    ...(org !== undefined && { org }),
    ...(postalCode !== undefined && { postalCode }),
    ...(voice !== undefined && { voice }),
  };
}

const contactData = (kind: string, content: readonly Markup[]) =>
  tag(`contact:${kind}`, { 'xmlns:contact': CONTACT }, content);
const iso = (at: number) => new Date(at).toISOString();
const optional = (name: string, text: string | undefined) => (text === undefined ? undefined : tag(name, {}, text));

const createData = ({ id, createdAt }: StoredContact): Markup =>
  contactData('creData', [tag('contact:id', {}, id), tag('contact:crDate', {}, iso(createdAt))]);

function infoData(contact: StoredContact): Markup {
  const { id, clid, createdAt, authInfo, type, name, org, street, city, postalCode, country, voice, email } = contact;
  const address = tag(
    'contact:addr',
    {},
    street.map((line) => tag('contact:street', {}, line)),
    tag('contact:city', {}, city),
    optional('contact:pc', postalCode),
    tag('contact:cc', {}, country),
  );
  return contactData('infData', [
    tag('contact:id', {}, id),
    tag('contact:roid', {}, roidOf(id, 'contact', clid, createdAt)),
    tag('contact:status', { s: 'ok' }),
    tag('contact:postalInfo', { type }, tag('contact:name', {}, name), optional('contact:org', org), address),
    ...(voice === undefined ? [] : [tag('contact:voice', {}, voice)]),
    tag('contact:email', {}, email),
    tag('contact:clID', {}, clid),
    tag('contact:crID', {}, clid),
    tag('contact:crDate', {}, iso(createdAt)),
    tag('contact:authInfo', {}, tag('contact:pw', {}, authInfo)),
  ]);
}
