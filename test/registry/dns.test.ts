/** What the DNS tells of a name, from a DNS server that does what servers do: answers, refuses, or says nothing. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode, RECURSION_AVAILABLE, type Answer, type Packet } from 'dns-packet';
import { dnsSigns } from '../../registry/dns.ts';
import { PARKING, parkedAt } from '../../registry/parking.ts';
import { after, closeAll } from './world.ts';

afterEach(closeAll);

const NXDOMAIN = 3;
const SERVFAIL = 2;

/** Answers by type; a number is an error code, undefined is silence. */
async function dnsServer(answers: (type: string, name: string) => Answer[] | number | undefined) {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const asked = decode(message);
    const question = asked.questions?.[0];
    const found = answers(question?.type ?? '', question?.name ?? '');
    if (found === undefined) return;
    const code = typeof found === 'number' ? found : 0;
    const reply: Packet = {
      ...{ id: asked.id ?? 0, type: 'response', flags: RECURSION_AVAILABLE | code },
      ...{ questions: asked.questions ?? [], answers: typeof found === 'number' ? [] : found },
    };
    socket.send(encode(reply), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  after(() => socket.close());
  return [`127.0.0.1:${socket.address().port}`];
}

const a = (data: string): Answer => ({ type: 'A', name: 'used.com', ttl: 1, data });
const mx = (exchange: string): Answer => ({ type: 'MX', name: 'used.com', ttl: 1, data: { preference: 1, exchange } });
const ns = (data: string): Answer => ({ type: 'NS', name: 'used.com', ttl: 1, data });

test('a name in use has addresses, mail and name servers', async () => {
  const asked: string[] = [];
  const servers = await dnsServer((type, name) => {
    asked.push(`${type} ${name}`);
    return (
      { A: [a('192.0.2.1')], MX: [mx('mail.used.com')], NS: [ns('NS2.host.example'), ns('ns1.host.example')] }[type] ??
      []
    );
  });
  expect(await dnsSigns({ servers })('used.com')).toEqual({
    addresses: true,
    mail: true,
    nameservers: ['ns1.host.example', 'ns2.host.example'],
  });
  expect(asked.toSorted()).toEqual(['A used.com', 'AAAA used.com', 'MX used.com', 'NS used.com']);
});

test('a name that is not in the DNS has nothing, and a lone dot takes no mail', async () => {
  const none = { addresses: false, mail: false, nameservers: [] };
  expect(await dnsSigns({ servers: await dnsServer(() => NXDOMAIN) })('gone.com')).toEqual(none);
  const nowhere = await dnsServer((type) => ({ A: [a('0.0.0.0')], MX: [mx('.')] })[type] ?? []);
  expect(await dnsSigns({ servers: nowhere })('used.com')).toEqual(none);
});

test('a server that fails says nothing of the name; what others answered stands', async () => {
  const servers = await dnsServer((type) => (type === 'A' ? [a('192.0.2.1')] : SERVFAIL));
  expect(await dnsSigns({ servers })('used.com')).toEqual({ addresses: true, mail: 'unknown', nameservers: 'unknown' });
});

test('a server that is silent is waited for within the limit, and by so many at once', async () => {
  const look = dnsSigns({ servers: await dnsServer(() => undefined), limitMs: 100, most: 1 });
  const started = performance.now();
  const unknown = { addresses: 'unknown', mail: 'unknown', nameservers: 'unknown' };
  const first = look('used.com');
  expect(await look('other.com')).toEqual(unknown);
  expect(await first).toEqual(unknown);
  expect(performance.now() - started).toBeLessThan(850);
});

test.each([
  [['ns1.sedoparking.com', 'NS2.SEDOPARKING.COM.'], { operator: 'Sedo', for: 'parking' }],
  [['ns1.renewyourname.net'], { operator: 'Tucows', for: 'expired' }],
  [['ns1.sedoparking.com', 'ns1.host.example'], undefined],
  [['ns1.notsedoparking.com'], undefined],
  [[], undefined],
])('%p', (hosts, expected) => expect(parkedAt(hosts)).toEqual(expected));

test('each parking name server is listed once', () => {
  expect(new Set(PARKING.map(({ suffix }) => suffix)).size).toBe(PARKING.length);
});
