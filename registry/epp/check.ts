/** Whether names could be registered, by EPP's check: one of them, or many in pieces that the registry takes. */
import { RegistryUnreachable, type Availability } from '../gateway.ts';
import type { EppClient } from './client.ts';
import { checkXml } from './commands.ts';
import { FEE } from './namespaces.ts';
import { availabilitiesOf, type EppResponse } from './replies.ts';

const MAX_CHECKED = 100;
/** Registries bound the names of one check, and few say at how many. */
const NAMES_PER_CHECK = 10;
/** Value range, value syntax, parameter policy, data management policy (RFC 5730 section 3): another choice of names may do. */
const ABOUT_THE_NAMES: ReadonlySet<number> = new Set([2004, 2005, 2306, 2308]);

/** No answer to what was asked, only a code. */
export const unusable = (registry: string, verb: string, code: number): RegistryUnreachable =>
  new RegistryUnreachable(`registry ${registry}: answered ${verb} with ${code}, without what was asked`);

/** Both throw RegistryUnreachable. */
export function checksOf(client: EppClient, registry: string) {
  async function check(name: string): Promise<Availability> {
    const response = await checked([name]);
    const availability = response.code < 2000 ? availabilitiesOf(response).get(name.toLowerCase()) : undefined;
    if (!availability) throw unusable(registry, 'check', response.code);
    return availability;
  }

  async function checkMany(names: readonly string[]): Promise<ReadonlyMap<string, Availability>> {
    if (names.length > MAX_CHECKED)
      throw new RangeError(`${names.length} names, ${MAX_CHECKED} may be checked at once`);
    const found = new Map<string, Availability>();
    for (let from = 0; from < names.length; from += NAMES_PER_CHECK)
      for (const [name, availability] of await checkSome(names.slice(from, from + NAMES_PER_CHECK)))
        found.set(name, availability);
    return found;
  }

  /** A registry refuses a command for the one name it would not sell, or for being too long: its halves are asked then. */
  async function checkSome(names: readonly string[]): Promise<[string, Availability][]> {
    const response = await checked(names);
    if (response.code < 2000) return [...availabilitiesOf(response)];
    if (!ABOUT_THE_NAMES.has(response.code)) throw unusable(registry, 'check', response.code);
    if (names.length === 1) return [];
    const half = Math.ceil(names.length / 2);
    return [...(await checkSome(names.slice(0, half))), ...(await checkSome(names.slice(half)))];
  }

  async function checked(names: readonly string[]): Promise<EppResponse> {
    let withFee = false;
    const response = await client.send('query', (clTRID, extensions) => {
      withFee = extensions.has(FEE);
      return checkXml(names, clTRID, withFee);
    });
    // Some registries offer RFC 8748 and refuse its check; whether the names are free they still tell.
    return withFee && response.code >= 2000 ? client.send('query', (clTRID) => checkXml(names, clTRID)) : response;
  }

  return { check, checkMany };
}
