/** Whether a name is in use, as far as its DNS tells: a few questions at once, all answered or given up within seconds. */
import { Resolver } from 'node:dns/promises';
import type { DnsSigns } from '../rules/outlook.ts';

export interface DnsOptions {
  /** `address` or `address:port`; the system's where absent. */
  servers?: readonly string[] | undefined;
  limitMs?: number;
  /** Names at once; one more is answered `unknown`. */
  most?: number;
}

const LIMIT_MS = 3_000;
const TRY_MS = 900;
const MOST = 32;
const MOST_SERVERS = 13;
/** There is no such name, or it has none of these records. Whatever else goes wrong says nothing of the name. */
const NONE: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/** Never rejects. */
export function dnsSigns({ servers, limitMs = LIMIT_MS, most = MOST }: DnsOptions = {}) {
  let underWay = 0;
  return async (name: string): Promise<DnsSigns> => {
    if (underWay >= most) return { addresses: 'unknown', mail: 'unknown', nameservers: 'unknown' };
    underWay++;
    const resolver = new Resolver({ timeout: TRY_MS, tries: 2 });
    if (servers) resolver.setServers([...servers]);
    const late = setTimeout(() => resolver.cancel(), limitMs).unref();
    try {
      // A final dot: the search list of this machine is not the world's.
      const [v4, v6, exchanges, hosts] = await Promise.all([
        records(resolver.resolve4(`${name}.`)),
        records(resolver.resolve6(`${name}.`)),
        records(resolver.resolveMx(`${name}.`)),
        records(resolver.resolveNs(`${name}.`)),
      ]);
      const addresses = [some(v4, isReachable), some(v6, isReachable)];
      return {
        addresses: addresses.includes(true) || (addresses.includes('unknown') ? 'unknown' : false),
        // RFC 7505: a lone "." says that it takes no mail.
        mail: some(exchanges, ({ exchange }) => exchange !== '' && exchange !== '.'),
        nameservers:
          hosts === 'unknown'
            ? hosts
            : hosts
                .slice(0, MOST_SERVERS)
                .map((host) => host.toLowerCase())
                .toSorted(),
      };
    } finally {
      clearTimeout(late);
      underWay--;
    }
  };
}

async function records<T>(asked: Promise<T[]>): Promise<T[] | 'unknown'> {
  try {
    return await asked;
  } catch (error) {
    return NONE.has((error as NodeJS.ErrnoException).code ?? '') ? [] : 'unknown';
  }
}

const some = <T>(found: T[] | 'unknown', fits: (one: T) => boolean): boolean | 'unknown' =>
  found === 'unknown' ? found : found.some(fits);

/** What people write who want a name to lead nowhere. */
const isReachable = (address: string): boolean => !/^(0\.0\.0\.0|127\..*|::|::1)$/.test(address);
