/** From a body or a query to typed values, or to one problem that lists every fault. Values are never repeated in it. */
import { z } from 'zod';
import { problem, Problem, type ParameterError } from './problems.ts';

type Issue = z.core.$ZodIssue;

const paramOf = (path: readonly PropertyKey[]): string => path.map(String).join('.') || 'body';

const errorsOf = (issue: Issue): ParameterError[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({
        param: paramOf([...issue.path, key.slice(0, 100)]),
        detail: 'is not a parameter here',
      }))
    : [{ param: paramOf(issue.path), detail: issue.message }];

/** A schema may mark an issue with `params: { code }` to give it a code of its own, which then wins. */
function ownCode(issues: readonly Issue[]): Problem | undefined {
  for (const issue of issues) {
    const code = issue.code === 'custom' ? (issue.params?.['code'] as unknown) : undefined;
    if (code === 'unsupported_currency') return problem(code, { param: paramOf(issue.path), detail: issue.message });
  }
  return undefined;
}

export function read<T>(schema: z.ZodType<T>, value: unknown): T | Problem {
  const parsed = schema.safeParse(value, { reportInput: false });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const unknownOnly = issues.every((issue) => issue.code === 'unrecognized_keys');
  const errors = issues.flatMap(errorsOf).slice(0, 50);
  const first = errors[0]?.param;
  return (
    (issues.some((issue) => issue.code !== 'custom' && issue.code !== 'unrecognized_keys')
      ? undefined
      : ownCode(issues)) ??
    problem(unknownOnly ? 'unknown_parameter' : 'invalid_parameter', {
      errors,
      ...(first !== undefined && { param: first }),
    })
  );
}
