/** A server that misbehaves in every way its paths name. In a process of its own, so that only what a client holds is measured there. */
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

const TYPE = { 'content-type': 'application/rdap+json' };
const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/rdap+json\r\n';
const DOMAIN = '{"objectClassName":"domain","ldhName":"example.com"';
const BOMB = gzipSync(Buffer.alloc(100_000_000, ' '));

/** Writes without an end, as fast as it is read. */
function flood(stream, piece) {
  const more = () => {
    while (!stream.destroyed && stream.write(piece));
    if (!stream.destroyed) stream.once('drain', more);
  };
  more();
}

/** Writes without an end, a little every 20 ms. */
function drip(stream, piece) {
  const timer = setInterval(() => stream.write(piece), 20);
  stream.once('close', () => clearInterval(timer));
}

const body =
  (text, headers = {}) =>
  (_request, response) =>
    void response.writeHead(200, { ...TYPE, ...headers }).end(text);
const raw = (write) => (request) => void write(request.socket.on('error', () => undefined));
const then = (first, endless, how) => raw((socket) => (socket.write(first), how(socket, endless)));

const ways = {
  never: () => undefined,
  hangs_up: raw((socket) => socket.destroy()),
  not_http: raw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
  endless_headers: then('HTTP/1.1 200 OK\r\n', 'x-more: and more\r\n', flood),
  endless_header: then('HTTP/1.1 200 OK\r\nx-long: ', 'x'.repeat(65_536), flood),
  dripping_headers: then('HTTP/1.1 200 OK\r\n', 'x: y\r\n', drip),
  endless_interim: then('', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', drip),
  endless_trailers: then(`${OK}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n`, 'x-more: and more\r\n', flood),
  endless_chunk_extension: then(`${OK}transfer-encoding: chunked\r\n\r\n2;a=`, 'x'.repeat(65_536), flood),
  bad_chunks: raw((socket) => socket.end(`${OK}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`)),
  two_lengths: raw((socket) => socket.end(`${OK}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)),
  endless_body: (_request, response) => flood(response.writeHead(200, TYPE), ' '.repeat(65_536)),
  dripping_body: (_request, response) => drip(response.writeHead(200, TYPE), ' '),
  dripping_chunks: (_request, response) =>
    drip(response.writeHead(200, { ...TYPE, 'content-encoding': 'gzip' }), '\x1f'),
  announces_much: raw((socket) => socket.write(`${OK}content-length: 10000000000\r\n\r\n{`)),
  announces_too_much: raw((socket) => socket.end(`${OK}content-length: 1000\r\n\r\n{}`)),
  announces_too_little: raw((socket) => socket.end(`${OK}content-length: 9\r\n\r\n${DOMAIN}}`)),
  bomb: body(BOMB, { 'content-encoding': 'gzip' }),
  broken_gzip: body('not gzip at all', { 'content-encoding': 'gzip' }),
  cut_gzip: body(BOMB.subarray(0, 50), { 'content-encoding': 'gzip' }),
  twice_gzip: body(gzipSync(gzipSync('{}')), { 'content-encoding': 'gzip, gzip' }),
  brotli: body('{}', { 'content-encoding': 'br' }),
  deep: body('['.repeat(1_000_000)),
  deep_in_domain: body(`${DOMAIN},"x":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`),
  many: body(`[${'[],'.repeat(340_000)}[]]`),
  many_members: body(`${DOMAIN}${Array.from({ length: 90_000 }, (_, nth) => `,"${nth}":0`).join('')}}`),
  many_statuses: body(`${DOMAIN},"status":[${'"a",'.repeat(240_000)}"a"]}`),
  long_name: body(`${DOMAIN},"handle":"${'x'.repeat(1_000_000)}"}`, { etag: '"1"' }),
  page: (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  no_type: (_request, response) => void response.writeHead(200).end(`${DOMAIN}}`),
  bad_utf8: body(Buffer.concat([Buffer.from(`${DOMAIN},"handle":"`), Buffer.from([0xff, 0xc0]), Buffer.from('"}')])),
  bad_json: body(`${DOMAIN},}`),
  empty: body(''),
  circle: (request, response) => void response.writeHead(302, { location: request.url }).end(),
  endless_redirects: (request, response) => void response.writeHead(302, { location: `${request.url}x` }).end(),
  endless_redirect_body: (request, response) =>
    flood(response.writeHead(302, { location: request.url }), ' '.repeat(65_536)),
  endless_404: (_request, response) => flood(response.writeHead(404), ' '.repeat(65_536)),
  endless_500: (_request, response) => flood(response.writeHead(500), ' '.repeat(65_536)),
};

const server = createServer((request, response) => ways[request.url.split('/')[1]]?.(request, response));
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
