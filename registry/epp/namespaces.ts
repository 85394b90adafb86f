/** The namespaces this engine speaks. A server's prefixes mean nothing; these URIs are what is compared. */
export const EPP = 'urn:ietf:params:xml:ns:epp-1.0';
export const DOMAIN = 'urn:ietf:params:xml:ns:domain-1.0';
export const HOST = 'urn:ietf:params:xml:ns:host-1.0';
export const CONTACT = 'urn:ietf:params:xml:ns:contact-1.0';
export const RGP = 'urn:ietf:params:xml:ns:rgp-1.0';
export const FEE = 'urn:ietf:params:xml:ns:epp:fee-1.0';
export const LOGIN_SECURITY = 'urn:ietf:params:xml:ns:epp:loginSec-1.0';

/** Object services a login may list. Host and contact are referred to by creates, so registries expect them listed. */
export const SPOKEN_OBJECTS: readonly string[] = [DOMAIN, HOST, CONTACT];
/** Extensions a login may list. */
export const SPOKEN_EXTENSIONS: readonly string[] = [RGP, FEE, LOGIN_SECURITY];
