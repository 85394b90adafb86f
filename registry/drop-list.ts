/**
 * A registry's published drop list, as .uk's (since 2022-09-13): CSV `roid,domain,drop_time`, gzipped or not. Many names
 * asked at once are one download, and none is answered from a copy older than its registry's profile allows.
 */
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { RegistryUnreachable, type PublishedDrop } from './gateway.ts';
import { boundedGet } from './http.ts';
import { Hosts } from './http-host.ts';

const LIMIT_MS = 10_000;
const MAX_BYTES = 16_777_216;
const unzip = promisify(gunzip);

export type DropList = ReadonlyMap<string, PublishedDrop>;

/** Rows that are not a name and an instant, the header among them, are passed over. */
export function readDropList(csv: string): DropList {
  const drops = new Map<string, PublishedDrop>();
  for (const line of csv.split(/\r?\n/)) {
    const [roid = '', domain = '', time = ''] = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    const at = Date.parse(time);
    if (domain !== '' && !Number.isNaN(at)) drops.set(domain.toLowerCase(), { at, ...(roid === '' ? {} : { roid }) });
  }
  return drops;
}

/** Reads the list at `url`; a copy may be so old. The function it returns throws RegistryUnreachable. */
export function dropListAt(url: string, heldMs: number): () => Promise<DropList> {
  const hosts = new Hosts();
  let held: { list: DropList; at: number } | undefined;
  let running: Promise<unknown> | undefined;
  let following: Promise<DropList> | undefined;
  const fetch = async () => {
    const at = performance.now();
    const list = await download(url, hosts);
    held = { list, at };
    return list;
  };
  return () => {
    if (held && performance.now() - held.at < heldMs) return Promise.resolve(held.list);
    // What is under way may have begun before what is asked after was published: all who ask meanwhile share the next one.
    following ??= (async () => {
      await running?.catch(() => undefined);
      following = undefined;
      const fresh = fetch();
      running = fresh;
      return fresh;
    })();
    return following;
  };
}

async function download(url: string, hosts: Hosts): Promise<DropList> {
  const { status, body } = await boundedGet('drop list', url, {
    accept: 'text/csv, */*',
    limitMs: LIMIT_MS,
    maxBytes: MAX_BYTES,
    configured: true,
    hosts,
  });
  if (status === 404) throw new RegistryUnreachable('drop list: answered 404');
  const zipped = body[0] === 0x1f && body[1] === 0x8b;
  const plain = zipped ? await unzip(body, { maxOutputLength: MAX_BYTES * 4 }).catch(() => undefined) : body;
  if (!plain) throw new RegistryUnreachable('drop list: cannot be unzipped');
  return readDropList(plain.toString('utf8'));
}
