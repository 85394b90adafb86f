/**
 * Name servers that tell what a name is used for: parking services', where it is for sale or shows advertisements, and those that
 * registrars move names to whose term has ended. Third parties' lists: a sign, never a fact. A registrar's ordinary name servers
 * are not here, whoever else counts them as parking.
 */
import type { Parked } from '../rules/outlook.ts';

interface Known extends Parked {
  /** The host itself or any below it. */
  suffix: string;
  source: keyof typeof SOURCES;
}

/** Read 2026-11-24. */
export const SOURCES = {
  misp: 'MISP warning list parking-domain-ns, version 20221024 (https://github.com/MISP/misp-warninglists)',
  lapsed: 'Name servers of lapsed names as described in public repositories; no statement of the registrar was found',
} as const;

const parking = (suffix: string, operator: string): Known => ({ suffix, operator, for: 'parking', source: 'misp' });
const expired = (suffix: string, operator: string): Known => ({ suffix, operator, for: 'expired', source: 'lapsed' });

export const PARKING: readonly Known[] = [
  parking('above.com', 'Above.com'),
  parking('afternic.com', 'Afternic'),
  parking('bodis.com', 'Bodis'),
  parking('dan.com', 'Dan.com'),
  parking('domainmarket.com', 'DomainMarket'),
  parking('dsredirection.com', 'dsredirection.com'),
  parking('dsredirects.com', 'dsredirects.com'),
  parking('parkingcrew.net', 'ParkingCrew'),
  parking('parklogic.com', 'ParkLogic'),
  parking('sedoparking.com', 'Sedo'),
  parking('uniregistrymarket.link', 'Uniregistry Market'),
  parking('ztomy.com', 'ztomy.com'),
  expired('onamae-expired.com', 'Onamae'),
  expired('pendingrenewaldeletion.com', 'Network Solutions'),
  expired('renewyourname.net', 'Tucows'),
];

/** Undefined unless all of them are one's: a name with any server of its own is not merely parked. */
export function parkedAt(nameservers: readonly string[]): Parked | undefined {
  const found = nameservers.map((host) => {
    const plain = host.toLowerCase().replace(/\.$/, '');
    return PARKING.find(({ suffix }) => plain === suffix || plain.endsWith(`.${suffix}`));
  });
  const [first] = found;
  return first && found.every((one) => one !== undefined) ? { operator: first.operator, for: first.for } : undefined;
}
