/** Contacts of a registry, as far as an award needs them: whose one is, and making one. */
import type { RegistryGateway } from '../gateway.ts';
import { unusable } from './check.ts';
import type { EppClient } from './client.ts';
import { contactCreateXml, contactInfoXml } from './contact-commands.ts';
import { contactSponsorOf } from './replies.ts';

export const contactsOf = (
  client: EppClient,
  registry: string,
): Pick<RegistryGateway, 'contactSponsor' | 'createContact'> => ({
  async contactSponsor(id) {
    const response = await client.send('query', (clTRID) => contactInfoXml(id, clTRID));
    if (response.code === 2303) return undefined;
    if (response.code === 2201 || response.code === 2202) return '';
    const sponsor = response.code < 2000 ? contactSponsorOf(response) : undefined;
    if (sponsor === undefined) throw unusable(registry, 'info', response.code);
    return sponsor;
  },
  async createContact(request, clTRID) {
    const { code } = await client.send('transform', () => contactCreateXml(request, clTRID), clTRID);
    return { code };
  },
});
