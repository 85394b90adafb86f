/** Drop lists: loaded by operators as their registries publish them, and what came of each. */
import { z } from 'zod';
import {
  DROP_LIST_FORMATS,
  ListTooLarge,
  ROW_FAULTS,
  UnreadableList,
  type RowFault,
} from '../../registry/drop-list-formats.ts';
import { findDropList, listDropLists, type DropListDoc } from '../../store/drop-lists.ts';
import { reaches } from '../auth.ts';
import type { RouteDeps } from '../deps.ts';
import { completeDropList, discard, registryNamed, stageDropList } from '../drop-lists.ts';
import { created, list, ok, page, param, readCursor, type Call, type Handled, type Route } from '../http.ts';
import { TEST_TLD } from '../names.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { instant, pageQuery } from '../schemas.ts';

const section = z.string().regex(/^[a-z0-9_-]{1,40}$/, 'must be 1 to 40 of a-z, 0-9, _ and -');
const loadQuery = z.strictObject({
  format: z.enum(DROP_LIST_FORMATS, `must be one of ${DROP_LIST_FORMATS.join(', ')}`),
  of: z
    .string()
    .min(1)
    .max(100)
    .transform((of) => of.replace(/^\./, '').toLowerCase()),
  section: section.optional(),
  published: instant,
});
const listQuery = z.strictObject(pageQuery);

export const dropListView = (doc: DropListDoc) => ({
  id: doc._id,
  object: 'drop_list',
  livemode: doc.livemode,
  format: doc.format,
  registry: doc.registry,
  tlds: doc.tlds,
  section: doc.section,
  published: doc.published.toISOString(),
  loaded: doc.loaded.toISOString(),
  loaded_by: doc.by,
  rows: doc.rows,
  listed: doc.listed,
  watched: doc.watched,
  moved: doc.moved,
  rejected: doc.rejected,
  rejects: doc.rejects.map(({ line, reason, name = null }) => ({
    ...{ line, name, reason },
    detail: ROW_FAULTS[reason as RowFault],
  })),
});

async function load(deps: RouteDeps, call: Call): Promise<Handled> {
  const query = read(loadQuery, call.query);
  if (query instanceof Problem) return query;
  const { section: part, ...named } = query;
  const registry = registryNamed(deps.registries, query.of);
  if (!registry) return problem('tld_not_supported', { param: 'of' });
  if (!reaches(call.principal, !registry.tlds.includes(TEST_TLD))) return problem('wrong_mode', { param: 'of' });
  if (!call.file) return problem('malformed_drop_list');
  const source = { ...named, ...(part !== undefined && { section: part }), by: 'api' as const };
  const staged = await staging(() =>
    stageDropList(deps, source, call.file?.stream as NonNullable<Call['file']>['stream']),
  );
  if (staged instanceof Problem) return staged;
  let isMine = false;
  const handled = await call.file.once({ ...source, digest: staged.counts.digest }, async () => {
    isMine = true;
    const done = await completeDropList(deps, staged);
    if (done instanceof Problem) return done;
    const view = dropListView(done.list);
    return done.isNew ? created(view, `/v1/drop_lists/${view.id}`) : ok(view);
  });
  if (!isMine) await discard(staged);
  return handled;
}

/** What is wrong with the file is its sender's to mend. */
async function staging<T>(stage: () => Promise<T>): Promise<T | Problem> {
  try {
    return await stage();
  } catch (error) {
    if (error instanceof UnreadableList)
      return problem('malformed_drop_list', { detail: `Not taken: ${error.message}.` });
    if (error instanceof ListTooLarge) return problem('drop_list_too_large');
    throw error;
  }
}

async function all(call: Call): Promise<Handled> {
  const query = read(listQuery, call.query);
  if (query instanceof Problem) return query;
  const after = readCursor(query.cursor);
  if (after instanceof Problem) return after;
  const rows = await listDropLists(after, query.limit + 1);
  const { shown, nextCursor } = page(rows, query.limit, (doc) => [doc.loaded.getTime(), doc._id]);
  return ok(list(shown.map(dropListView), nextCursor));
}

async function one(call: Call): Promise<Handled> {
  const doc = await findDropList(param(call, 'id'));
  return doc?.state === 'complete' ? ok(dropListView(doc)) : problem('drop_list_not_found');
}

export function dropListRoutes(deps: RouteDeps): Route[] {
  const path = '/v1/drop_lists';
  const access = { operator: 'any' } as const;
  return [
    { method: 'POST', path, access, takesFile: true, handle: (call) => load(deps, call) },
    { method: 'GET', path, access, handle: all },
    { method: 'GET', path: `${path}/:id`, access, handle: one },
  ];
}
