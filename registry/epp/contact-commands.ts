/** The contact commands the engine sends, valid against the schema of RFC 5733. */
import type { ContactRequest } from '../gateway.ts';
import { command } from './commands.ts';
import { CONTACT } from './namespaces.ts';
import { tag, type Markup } from './xml.ts';

const ofContact = (verb: string, content: readonly Markup[]): Markup =>
  tag(verb, {}, tag(`contact:${verb}`, { 'xmlns:contact': CONTACT }, content));

export const contactInfoXml = (id: string, clTRID: string): string =>
  command(ofContact('info', [tag('contact:id', {}, id)]), clTRID);

export function contactCreateXml({ id, details, authInfo }: ContactRequest, clTRID: string): string {
  const { name, org, street, city, postal_code, country, phone, email } = details;
  const written = [name, org ?? '', ...street, city, postal_code ?? ''].join('');
  const address = tag(
    'contact:addr',
    {},
    street.map((line) => tag('contact:street', {}, line)),
    tag('contact:city', {}, city),
    postal_code === undefined ? undefined : tag('contact:pc', {}, postal_code),
    tag('contact:cc', {}, country),
  );
  const postal = tag(
    'contact:postalInfo',
    // RFC 5733 section 2.3: the internationalised form is of 7-bit ASCII alone.
    { type: /^[\x20-\x7e]*$/.test(written) ? 'int' : 'loc' },
    tag('contact:name', {}, name),
    org === undefined ? undefined : tag('contact:org', {}, org),
    address,
  );
  return command(
    ofContact('create', [
      tag('contact:id', {}, id),
      postal,
      tag('contact:voice', {}, voiceOf(phone)),
      tag('contact:email', {}, email),
      tag('contact:authInfo', {}, tag('contact:pw', {}, authInfo)),
    ]),
    clTRID,
  );
}

/** ITU-T E.164: which digits are the country's, where nobody set the dot that RFC 5733 section 2.5 wants after them. */
const COUNTRY = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/;

const voiceOf = (phone: string): string => phone.replace(COUNTRY, '+$1.$2');
