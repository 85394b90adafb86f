/** A JSON file that a setting names: read once at start, and refused with setting, file, field and reason. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError } from '../config.ts';

export type Refuse = (field: string, reason: string) => never;

export const refusing =
  (setting: string, file: string): Refuse =>
  (field, reason) => {
    throw new ConfigError(`${setting} (${file}): ${field}: ${reason}`);
  };

export function readJsonFile(file: string, refuse: Refuse): unknown {
  let content = '';
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    refuse('the file', `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  try {
    return JSON.parse(content);
  } catch {
    return refuse('the file', 'is not JSON');
  }
}

/** Throws by `refuse` for the first thing that is wrong. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, refuse: Refuse): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0] as z.core.$ZodIssue;
  const { path, message } = innermost(issue);
  return refuse(fieldOf(path), message);
}

/** Of what may be written in several ways, the complaint about the way that was meant: the one that got furthest. */
function innermost(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys')
    return { path: [...path, ...issue.keys.slice(0, 1)], message: 'is not known' };
  if (issue.code !== 'invalid_union') return { path, message };
  const furthest = issue.errors
    .flatMap((errors) => errors.slice(0, 1).map((first) => ({ ...innermost(first), count: errors.length })))
    .toSorted((one, other) => other.path.length - one.path.length || one.count - other.count)[0];
  const said = message !== 'Invalid input' && (furthest?.path.length ?? 0) === 0;
  return !furthest || said ? { path, message } : { path: [...path, ...furthest.path], message: furthest.message };
}

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`)).join('') ||
  'the file';
