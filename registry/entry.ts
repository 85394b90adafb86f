/** One registry the engine works with, as configured: an entry of BACKORDER_REGISTRIES, or the sandbox. */
import type { EppCredentials } from './epp/login.ts';

export interface RegistryEntry {
  id: string;
  /** Lower case, without a dot in front. */
  tlds: string[];
  epp: {
    host: string;
    port: number;
    clid: string;
    /** Read at each connection. Rejects where a file is gone. */
    credentials: () => Promise<EppCredentials>;
  };
  /** Base URL; left out: what IANA's list names for the TLD (RFC 9224); false: never asked. */
  rdap?: string | false;
  /** URL of a CSV `roid,domain,drop_time`. */
  drop_list?: string;
  profile: string;
  contacts: { registrant?: string; admin?: string; tech?: string };
  nameservers?: string[];
  /** The registrar ids that are ours, in EPP's and in RDAP's spelling. */
  owns: string[];
}
