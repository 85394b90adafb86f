/** Other names, proposed by rules, with what their registries say of them now. Kept for a minute a name: pages are reloaded. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { LRUCache } from 'lru-cache';
import { RegistryUnreachable, type Availability as Checked } from '../registry/gateway.ts';
import { SourceTrouble } from '../registry/http-trouble.ts';
import { candidates, ranked, type Availability, type Candidate, type Ranked } from '../rules/similar.ts';
import { splitWords } from '../rules/word-split.ts';
import type { RouteDeps } from './deps.ts';
import { soldBelow, TEST_TLD, type KnownName } from './names.ts';

const SHOWN = 20;
const KEPT = { max: 1_000, ttl: 60_000 } as const;
/** A registry that was away is asked again sooner. */
const INCOMPLETE_MS = 5_000;

export interface Similar {
  names: (Ranked & { unicode: string })[];
  asOf: number;
  /** Registries that said nothing of their names, and why. */
  silent: { registry: string; reason: string }[];
}

type Deps = Pick<RouteDeps, 'registries' | 'policies' | 'inquiries' | 'words' | 'now'>;

/** Asks once for all who ask of the same name meanwhile. */
export function similarNames(deps: Deps): (known: KnownName) => Promise<Similar> {
  const kept = new LRUCache<string, Similar, KnownName>({
    ...KEPT,
    fetchMethod: async (_name, _stale, { options, context }) => {
      const found = await find(deps, context);
      if (found.silent.length > 0) options.ttl = INCOMPLETE_MS;
      return found;
    },
  });
  return (known) => kept.forceFetch(known.name, { context: known });
}

async function find(deps: Deps, known: KnownName): Promise<Similar> {
  const proposed = await propose(deps, known);
  const asOf = deps.now();
  const { availabilityOf, silent } = await ask(deps, proposed);
  const names = ranked(proposed, availabilityOf, SHOWN);
  return { names: names.map((one) => ({ ...one, unicode: domainToUnicode(one.name) })), asOf, silent };
}

async function propose({ registries, policies, words }: Deps, { tld, unicode }: KnownName) {
  const label = unicode.split('.')[0] ?? '';
  const countOf = await words.counts();
  const parts = splitWords(label, countOf);
  const synonyms = new Map(await Promise.all(parts.map(async (word) => [word, await words.synonymsOf(word)] as const)));
  const served = registries.flatMap(({ tlds }) => tlds).filter((one) => (one === TEST_TLD) === (tld === TEST_TLD));
  const isWord = (word: string) => countOf(word) > 0;
  const wanted = { label, tld, words: parts, synonyms, isWord, tlds: served };
  return candidates(wanted, domainToASCII, soldBelow({ registries, policies }));
}

/** Every registry at once, each of its own names only. One that fails leaves them unknown. */
async function ask({ inquiries }: Deps, proposed: readonly Candidate[]) {
  const said = new Map<string, Checked>();
  const silent: Similar['silent'] = [];
  const asked = new Set(proposed.flatMap(({ tld }) => inquiries.forTld(tld) ?? []));
  await Promise.all(
    [...asked].map(async (inquiry) => {
      const names = proposed.flatMap(({ name, tld }) => (inquiries.forTld(tld) === inquiry ? [name] : []));
      try {
        for (const [name, answer] of await inquiry.checkMany(names)) said.set(name, answer);
      } catch (error) {
        if (!(error instanceof RegistryUnreachable)) throw error;
        silent.push({ registry: inquiry.id, reason: reasonOf(error) });
      }
    }),
  );
  return { availabilityOf: (name: string) => availabilityIn(said.get(name)), silent };
}

export const reasonOf = (error: RegistryUnreachable): string =>
  error instanceof SourceTrouble ? error.code : 'unreachable';

function availabilityIn(answer: Checked | undefined): Availability {
  if (!answer) return 'unknown';
  if (!answer.available) return 'taken';
  return answer.premium ? 'premium' : 'available';
}
