/** A Temporal server that wants to know its clients: every process shows the same certificate, whichever connection it opens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { authorityIn } from '../temporal/authority.ts';
import { Beside } from './beside.ts';
import { body, fresh, reaches, Story } from './story.ts';

const SERVER_NAME = 'temporal.registrar.test';

let story: Story;
let beside: Beside;
let folder: string;
let door: Server;
const sockets = new Set<Socket>();
const pem = (file: string): Buffer => readFileSync(join(folder, file));

/** TLS in front of the dev server, for holders of a certificate of our authority alone. */
beforeAll(async () => {
  story = await Story.open();
  beside = await Beside.open(story);
  folder = await mkdtemp(join(tmpdir(), 'backorder-tls-'));
  await authorityIn(folder, 'ours', SERVER_NAME);
  await authorityIn(folder, 'theirs', SERVER_NAME);
  const [host = '', port = ''] = String(story.stack.env['TEMPORAL_ADDRESS']).split(':');
  const identity = { key: pem('ours.server.key'), cert: pem('ours.server.crt'), ca: pem('ours.ca.crt') };
  door = createServer({ ...identity, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] }, (socket) => {
    const inner = connect(Number(port), host);
    for (const each of [socket, inner]) {
      sockets.add(each);
      each.on('error', () => undefined).on('close', () => [socket, inner].forEach((end) => end.destroy()));
    }
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
}, 180_000);

afterAll(async () => {
  await beside.close();
  for (const socket of sockets) socket.destroy();
  door.close();
  await rm(folder, { recursive: true });
  await story.close();
});

const byTls = (authority: 'ours' | 'theirs'): NodeJS.ProcessEnv => ({
  TEMPORAL_ADDRESS: `127.0.0.1:${(door.address() as AddressInfo).port}`,
  TEMPORAL_TLS_SERVER_NAME: SERVER_NAME,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'ours.ca.crt'),
  TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, `${authority}.client.crt`),
  TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, `${authority}.client.key`),
});

test('with the right certificate API and worker serve a reservation over TLS, and without it they say so and wait', async () => {
  const stranger = beside.start('workers/main.js', byTls('theirs'));
  const line = await stranger.says(/Temporal does not answer, or refuses us/);
  expect(line).not.toContain('127.0.0.1');
  stranger.child.kill('SIGTERM');
  expect((await stranger.ended).code).toBe(0);

  await beside.start('workers/main.js', byTls('ours')).says(/"working"/);
  await beside.api(byTls('ours'));
  const { client, name } = await beside.customer(story);
  const { id } = await client.must('POST', '/v1/reservations', body(name, fresh('ada')));
  expect(await reaches(client, id, { status: 'waiting' })).toMatchObject({
    position: 1,
    stage: 'registered',
  });
}, 180_000);

test('workers that name a namespace the server has not say so and wait for it', async () => {
  const worker = beside.start('workers/main.js', { TEMPORAL_NAMESPACE: 'nowhere' });
  await worker.says(/Temporal does not answer, or refuses us/);
  worker.child.kill('SIGTERM');
  expect((await worker.ended).code).toBe(0);
});

test.each(['workers/main.js', 'workers/catcher.js', 'api/main.js'])(
  '%s ends with one line and 78 where the certificate cannot be read',
  async (program) => {
    const nowhere = { ...byTls('ours'), TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere.crt' };
    expect(await beside.start(program, nowhere).ended).toEqual({
      code: 78,
      said: expect.stringMatching(/^[^\n]*\/nowhere\.crt cannot be read \(ENOENT\)\n$/) as string,
    });
  },
);
