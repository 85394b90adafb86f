/** The table of problems is the documentation, and nothing else can be answered. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { PROBLEMS } from '../../api/problems.ts';
import { REFUSALS } from '../../rules/queue.ts';
import { testApp } from './world.ts';

const codes = Object.keys(PROBLEMS);
const sources = ['api', 'rules'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'problems.ts')
    .map((file) => readFileSync(join(folder, file), 'utf8')),
);

test.each(codes)('%s is documented, and some code answers it', (code) => {
  const { status, title, detail } = PROBLEMS[code as keyof typeof PROBLEMS];
  expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(title).toMatch(/^[A-Z].*[^.]$/);
  expect(detail).toMatch(/\.$/);
  expect(sources.some((source) => source.includes(`'${code}'`))).toBe(true);
});

test.each([...REFUSALS])('the queue may answer %s, and that is documented', (code) => {
  expect(codes).toContain(code);
});

test('the documentation is where the type of a problem points, for programs and for people', async () => {
  const app = testApp();
  const all = await request(app).get('/problems').expect(200);
  expect(all.body.data).toHaveLength(codes.length);
  const one = await request(app).get('/problems/no_race').expect(200);
  expect(one.body).toMatchObject({ code: 'no_race', status: 422, type: '/problems/no_race' });
  const text = await request(app).get('/problems/no_race').set('accept', 'text/plain').expect(200);
  expect(text.text).toContain('no_race (422)');
  await request(app).get('/problems/unheard_of').expect(404);
});
