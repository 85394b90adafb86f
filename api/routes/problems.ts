/** The documentation of every problem, where its `type` points: JSON for programs, plain text for people. */
import { Router, type Request, type Response } from 'express';
import { documentedProblem, documentedProblems, isProblemCode, type ProblemCode } from '../problems.ts';

type Shown = ReturnType<typeof documentedProblem>;

const text = ({ code, status, title, detail }: Shown): string => `${code} (${status})\n  ${title}\n  ${detail}\n`;

function show(request: Request, response: Response, shown: Shown | Shown[]): void {
  const body = Array.isArray(shown) ? { object: 'list', data: shown } : shown;
  if (request.accepts(['json', 'text']) !== 'text') response.json(body);
  else response.type('text/plain').send([shown].flat().map(text).join('\n'));
}

/** Calls `next` for an unknown code. */
export function problemRoutes(): Router {
  const routes = Router();
  routes.get('/problems', (request, response) => show(request, response, documentedProblems()));
  routes.get('/problems/:code', (request, response, next) => {
    const code = String(request.params.code);
    if (isProblemCode(code)) show(request, response, documentedProblem(code satisfies ProblemCode));
    else next();
  });
  return routes;
}
