/** Where two accounts of one history part, said so that a developer knows what to do about it. */
import type { Command } from './observer.ts';
import type { Account, Replayed } from './replay.ts';
import type { StoredHistory } from './stored.ts';

const SHOWN = 8;
const LONGEST = 160;
const LEAD = 40;

/** Undefined where the code did what it did when the history was made. */
export function complaintOf({ of, account, error }: Replayed<StoredHistory>): string | undefined {
  const found = differences(of.expected, account);
  if (found.length === 0 && !error) return undefined;
  const more = found.length > SHOWN ? [`… and ${found.length - SHOWN} more`] : [];
  return [
    `${of.name}: ${of.story}`,
    `The ${of.workflowType} workflow no longer does what it did in test/replay/histories/${of.name}.json:`,
    ...[...found.slice(0, SHOWN), ...more].map((line) => `  ${line}`),
    error
      ? `A run that is under way would stop there (${clipped(error.message)}).`
      : 'A run that is under way would go on, and differently from how it began.',
    'Not meant: mend the code. Meant, and runs of the old code exist: keep what it did for them with patched() and leave the history.',
    'Meant, and no run of the old code exists: `npm run histories`, and commit what it wrote. CONTRIBUTING.md, “Workflow code”, says more.',
  ].join('\n');
}

export function differences(expected: Account, actual: Account): string[] {
  const events = new Set([...expected.tasks, ...actual.tasks].map(({ event }) => event));
  const tasks = [...events]
    .toSorted((a, b) => a - b)
    .flatMap((event) => {
      const [before, after] = [commandsAt(expected, event), commandsAt(actual, event)];
      const length = Math.max(before.length, after.length);
      return Array.from({ length }, (_, at) => between(before[at], after[at])).flatMap((lines) =>
        lines.map((line) => `at event ${event}: ${line}`),
      );
    });
  const end = [
    ...parts('state', expected.state, actual.state),
    ...parts('current details', expected.details, actual.details),
  ];
  return [...tasks, ...end.map((line) => `in the end: ${line}`)];
}

const commandsAt = ({ tasks }: Account, event: number): Command[] =>
  tasks.find((task) => task.event === event)?.commands ?? [];

function between(before: Command | undefined, after: Command | undefined): string[] {
  if (!before || !after || titleOf(before) !== titleOf(after))
    return [`${before ? titleOf(before) : 'nothing'} was expected, and ${after ? titleOf(after) : 'nothing'} came`];
  const [kind] = kindOf(before);
  const [was, is] = [before, after].map(({ [kind]: what, ...rest }) => ({ ...(what as object), ...rest }));
  return parts('', was, is).map((line) => `${titleOf(before)}: ${line}`);
}

/** The kind of a command, and which of its kind. */
function titleOf(command: Command): string {
  const [kind, { activityType, signalName, workflowType }] = kindOf(command);
  const which = activityType ?? signalName ?? workflowType;
  return which === undefined ? kind : `${kind} ${which}`;
}

function kindOf(command: Command): [kind: string, what: Record<string, string | undefined>] {
  const kind = Object.keys(command).find((key) => key !== 'userMetadata') ?? 'an empty command';
  return [kind, (command[kind] ?? {}) as Record<string, string | undefined>];
}

/** Each place where two values differ, by its path. */
function parts(path: string, before: unknown, after: unknown): string[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => parts(path ? `${path}.${key}` : key, before[key], after[key]));
  }
  const [was, is] = [JSON.stringify(before) ?? 'absent', JSON.stringify(after) ?? 'absent'];
  if (was === is) return [];
  const from = Math.max(0, firstDifference(was, is) - LEAD);
  return [`${path} was ${clipped(was, from)}, is ${clipped(is, from)}`];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function firstDifference(a: string, b: string): number {
  const at = [...a].findIndex((character, index) => character !== b[index]);
  return at === -1 ? a.length : at;
}

/** A long text is told from shortly before where it differs. */
function clipped(said: string, from = 0): string {
  if (said.length <= LONGEST) return said;
  const part = said.slice(from, from + LONGEST);
  return `${from > 0 ? '… ' : ''}${part}${from + LONGEST < said.length ? ' …' : ''}`;
}
