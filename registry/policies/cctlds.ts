/** Country-code TLDs: each registry has rules of its own. What a page does not say is "unknown" here too. */
import type { ShippedEntry } from './schema.ts';

const published = (source: string, note?: string) =>
  ({ source, read_on: '2026-11-23', confidence: 'published', ...(note !== undefined && { note }) }) as const;
const reported = (source: string, note?: string) =>
  ({ ...published(source, note), confidence: 'third_party' }) as const;
const disputed = (source: string, note: string) => ({ ...published(source, note), confidence: 'disputed' }) as const;

const NOMINET = published(
  'https://registrars.nominet.uk/uk-namespace/new-domain-expiry-process-and-introduction-of-drop-lists-for-uk/',
);
const DENIC = 'DENIC, deletion and redemption of .de domains';
const AFNIC = published('AFNIC, redemption period of .fr');
const EURID = published('EURid, quarantine of .eu domains');
const SIDN = published('https://sidn.nl/en/news-and-blogs/quarantine-period-end-times-to-be-shown-in-whois');
const DNS_BELGIUM = 'https://docs.dnsbelgium.be/be/general/deletes.html';
const SWITCH = reported('SWITCH, deleted domains of .ch and .li', 'not verified');
const CNNIC = published('CNNIC, life cycle of .cn domains');
const CIRA = published('CIRA, domains to be released (TBR)');
const AUDA = published('https://auda.org.au/web/au-domain-names/domain-name-help/official-domain-name-drop-list');
const INTERNETSTIFTELSEN = published(
  'https://internetstiftelsen.se/en/domains/how-to-register-a-domain-name/se-and-nu-domains-that-may-soon-be-available/',
);
const REGISTRO = published('https://www.nic.it/en/register-your-it/drop-time');
const INTERNETNZ = published('InternetNZ, drop server and drop API of .nz');
const JPRS = published('JPRS, life cycle of general-use .jp domains');
const EIS = published('https://www.internet.ee/eif/news/changes-to-release-of-ee-domains');
const PUNKTUM = published('https://punktum.dk/artikler/vilkaar-for-venteliste', 'version 2.2, sections 1.2 and 2.1');
const NASK = published('https://www.dns.pl/en/options');
const SGNIC = published('SGNIC, life cycle of .sg domains');

const none = { days: 0 } as const;
const nothingKnown = {
  grace: 'unknown',
  redemption: 'unknown',
  pending_delete: 'unknown',
  add_grace: 'unknown',
  drop: { kind: 'unknown' },
  list: 'unknown',
} satisfies Partial<ShippedEntry>;

/** Quarantine is where .be, .ch and .li keep a deleted name; how they free it is not known. */
const quarantined = (tld: string, said: ReturnType<typeof reported> | typeof NOMINET): ShippedEntry => ({
  ...nothingKnown,
  tld,
  grace: { ...none, ...said },
  redemption: { days: 40, ...said },
  pending_delete: { ...none, ...said },
});

const swedish = (tld: string): ShippedEntry => ({
  tld,
  grace: { days: 10, ...INTERNETSTIFTELSEN },
  redemption: { days: 60, ...INTERNETSTIFTELSEN, note: 'deactivated' },
  pending_delete: { days: 7, ...INTERNETSTIFTELSEN, note: 'quarantine' },
  add_grace: 'unknown',
  drop: {
    kind: 'random_batch',
    schedule: { every: 'day', zone: 'Etc/UTC', times: ['04:00'], minutes: 'unknown' },
    ...INTERNETSTIFTELSEN,
  },
  list: { to: 'everyone', tells: 'start', ...INTERNETSTIFTELSEN, note: 'nightly, JSON and text, by day' },
});

export const CCTLDS: ShippedEntry[] = [
  { tld: 'io', ...nothingKnown },
  {
    ...nothingKnown,
    tld: 'ai',
    grace: { days: 45, ...reported('registrars of .ai', 'about 75 days from expiry to the drop in all') },
    redemption: { days: 30, ...reported('registrars of .ai') },
  },
  {
    tld: 'uk',
    grace: { days: 30, ...NOMINET },
    redemption: { days: 60, ...NOMINET },
    pending_delete: { days: 5, ...NOMINET },
    add_grace: 'unknown',
    tells_rgp: false,
    drop: { kind: 'exact_instant', ...NOMINET, note: 'also in the reason that check gives' },
    list: { to: 'everyone', tells: 'instant', ...NOMINET, note: 'daily CSV.gz since 2022-09-13' },
  },
  {
    tld: 'de',
    grace: { ...none, ...reported(DENIC) },
    redemption: { days: 30, ...published(DENIC, 'after the delete') },
    pending_delete: { ...none, ...published(DENIC) },
    add_grace: 'unknown',
    drop: { kind: 'poll', ...published(DENIC, 'the instant is not published') },
    list: { to: 'nobody', ...published(DENIC) },
  },
  {
    tld: 'fr',
    grace: { ...none, ...AFNIC },
    redemption: { days: 30, ...AFNIC },
    pending_delete: { ...none, ...AFNIC },
    add_grace: 'unknown',
    drop: { kind: 'poll', ...AFNIC, note: 'no hour was found' },
    list: 'unknown',
  },
  {
    tld: 'eu',
    grace: { ...none, ...EURID },
    redemption: { days: 40, ...EURID, note: 'quarantine' },
    pending_delete: { ...none, ...EURID },
    add_grace: 'unknown',
    drop: { kind: 'known_day', zone: 'unknown', at: 'unknown', ...EURID },
    list: 'unknown',
  },
  {
    tld: 'nl',
    grace: { ...none, ...SIDN },
    redemption: { days: 40, ...SIDN, note: 'quarantine' },
    pending_delete: { ...none, ...SIDN },
    add_grace: 'unknown',
    drop: { kind: 'random_window', minutes: 60, ...SIDN, note: 'since 2017-01-31' },
    list: { to: 'everyone', tells: 'start', ...SIDN, note: 'per name: the end of quarantine in WHOIS' },
  },
  quarantined('be', published(DNS_BELGIUM)),
  quarantined('ch', SWITCH),
  quarantined('li', SWITCH),
  {
    tld: 'cn',
    grace: { days: [30, 45], ...CNNIC, note: '45 days by the registry, about 30 by its registrars' },
    redemption: { days: 15, ...CNNIC },
    pending_delete: 'unknown',
    add_grace: 'unknown',
    drop: { kind: 'known_day', zone: 'Asia/Shanghai', at: '04:00', ...CNNIC, note: 'about 04:00' },
    list: { to: 'nobody', ...CNNIC },
  },
  {
    tld: 'ca',
    grace: { days: [0, 45], ...CIRA },
    redemption: { days: 30, ...CIRA },
    pending_delete: { days: [2.5, 9.5], ...CIRA, note: 'time on the TBR list' },
    add_grace: 'unknown',
    drop: {
      kind: 'session',
      schedule: { every: 'week', on: 3, zone: 'unknown', times: 'unknown', minutes: 'unknown' },
      limits: 'creates are rate limited',
      ...disputed('CIRA, domains to be released (TBR)', 'sources agree on Wednesday and disagree on the hour'),
    },
    list: { to: 'everyone', tells: 'start', ...CIRA },
  },
  {
    tld: 'au',
    grace: { days: 30, ...AUDA, note: 'on hold' },
    redemption: { ...none, ...AUDA },
    pending_delete: { days: [1, 'unknown'], ...AUDA },
    add_grace: 'unknown',
    // UTC+10 all year is Brisbane's clock.
    drop: {
      kind: 'batch',
      schedule: { every: 'day', zone: 'Australia/Brisbane', times: ['13:00', '13:30'], minutes: 'unknown' },
      ...AUDA,
      note: 'deleted names at 13:00, expired names at 13:30, UTC+10',
    },
    list: { to: 'everyone', tells: 'start', ...AUDA, note: 'daily CSV; tells from when on the next batch may purge' },
  },
  swedish('se'),
  swedish('nu'),
  {
    tld: 'it',
    grace: { days: [10, 15], ...disputed('Registro .it; registrars', '10 to 15 days') },
    redemption: { days: 30, ...REGISTRO },
    pending_delete: { days: [1, 5], ...REGISTRO },
    add_grace: 'unknown',
    drop: {
      kind: 'batch',
      schedule: { every: 'day', zone: 'Europe/Rome', times: ['09:00', '16:00'], minutes: 'unknown' },
      host: 'epp-deleted.nic.it',
      ...REGISTRO,
      note: 'two days after listing; names deleted in the last seven days are created on a host of their own',
    },
    list: { to: 'everyone', tells: 'instant', ...REGISTRO, note: 'daily at 01:00' },
  },
  {
    tld: 'nz',
    grace: { ...none, ...INTERNETNZ },
    redemption: { days: 90, ...reported('registrars of .nz') },
    pending_delete: { ...none, ...reported('registrars of .nz') },
    add_grace: 'unknown',
    drop: {
      kind: 'session',
      schedule: { every: 'day', zone: 'Etc/UTC', times: ['02:00'], minutes: 60 },
      limits: '10 connections, one create a second on each; a breach costs 10 seconds, and stacks',
      ...INTERNETNZ,
    },
    list: { to: 'registrars', tells: 'start', ...INTERNETNZ, note: 'by API' },
  },
  {
    tld: 'jp',
    grace: { to_day_of_month: 1, zone: 'Asia/Tokyo', ...JPRS, note: 'to the end of the month; Japan has one clock' },
    redemption: { to_day_of_month: 20, zone: 'Asia/Tokyo', ...JPRS, note: 'to about the 20th of the next month' },
    pending_delete: { ...none, ...JPRS },
    add_grace: 'unknown',
    drop: {
      kind: 'monthly',
      schedule: { every: 'month', on: 1, zone: 'Asia/Tokyo', times: 'unknown', minutes: 'unknown' },
      ...JPRS,
    },
    list: { to: 'nobody', ...JPRS },
  },
  {
    tld: 'ee',
    grace: {
      days: 45,
      ...published(
        'https://www.internet.ee/eif/news-archive/how-can-you-prevent-your-ee-domain-from-being-unexpectedly-deleted-and-auctioned',
        '15 days live, 30 out of the zone',
      ),
    },
    redemption: { ...none, ...EIS },
    pending_delete: { ...none, ...EIS },
    add_grace: 'unknown',
    drop: {
      kind: 'registry_auction',
      minutes: 1_440,
      way_in:
        'The registry of .ee, Eesti Interneti SA, auctions each released name itself for 24 hours: bid at https://auction.internet.ee.',
      ...EIS,
    },
    list: { to: 'everyone', tells: 'start', ...EIS, note: 'by API of the auction' },
  },
  {
    tld: 'dk',
    grace: { days: 90, ...published('Punktum dk, suspension of .dk domains', 'suspended') },
    redemption: { ...none, ...PUNKTUM },
    pending_delete: { ...none, ...PUNKTUM },
    add_grace: 'unknown',
    drop: {
      kind: 'exclusive_queue',
      way_in:
        'The registry of .dk, Punktum dk, offers a deleted name to the first on its own waiting list: join it in the self-service at https://punktum.dk.',
      ...PUNKTUM,
    },
    list: { to: 'nobody', ...PUNKTUM },
  },
  {
    tld: 'pl',
    grace: { days: [15, 30], ...disputed('registrars of .pl', 'sources say 15 and 30') },
    redemption: 'unknown',
    pending_delete: 'unknown',
    add_grace: 'unknown',
    drop: {
      kind: 'exclusive_option',
      way_in:
        'One option is sold on each .pl name, and its holder comes first when the name is deleted: buy it from a registrar of NASK that sells options (https://www.dns.pl/en/options), where WHOIS shows that none is held.',
      ...NASK,
    },
    list: { to: 'everyone', tells: 'start', ...NASK, note: 'a flag in WHOIS' },
  },
  {
    tld: 'sg',
    grace: { days: 30, ...SGNIC },
    redemption: { days: 30, ...SGNIC },
    pending_delete: 'unknown',
    add_grace: 'unknown',
    drop: {
      kind: 'batch',
      schedule: { every: 'hour', zone: 'unknown', times: ['00:45'], minutes: 'unknown' },
      ...SGNIC,
      note: 'the 45th minute of each hour',
    },
    list: { to: 'nobody', ...SGNIC },
  },
];
