/**
 * Where a request may go. A URL from a redirect or from IANA's list is somebody else's word: it must not make this machine
 * talk to itself or its neighbours. The address is checked as it is connected to, so no second DNS answer slips by.
 */
import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { SourceTrouble } from './http-trouble.ts';

/** Globally reachable unicast, by IANA's special-purpose registries; an IPv4 address inside IPv6 counts as itself. */
export const isPublic = (address: string): boolean => ipaddr.process(address).range() === 'unicast';

const forbidden = (host: string) => new SourceTrouble('forbidden_address', `${host}: not a public address`);

/** A host written as an address is never looked up: it is checked here. Throws SourceTrouble. */
export function assertPublicHost({ hostname }: URL): void {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && !isPublic(host)) throw forbidden(host);
}

/** For `http.request`: a name's public addresses, or an error where it has none. */
export const lookupPublic: LookupFunction = (host, options: LookupOptions, callback) => {
  resolve(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first, ...others] = (addresses ?? []).filter(({ address }) => isPublic(address));
    if (error) return callback(error, '');
    if (!first) return callback(forbidden(host), '');
    if (options.all) callback(null, [first, ...others]);
    else callback(null, first.address, first.family);
  });
};
