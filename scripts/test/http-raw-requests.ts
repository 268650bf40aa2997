export const good = '{"userId":1,"items":[{"productId":1,"quantity":1}]}';
export const host = 'Host: x\r\n';
export const json = `${host}Content-Type: application/json\r\n`;
export const get = (target: string, headers = host) => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
export const post = (body: string, headers = '') =>
  `POST /orders HTTP/1.1\r\n${json}${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
export const chunked = (chunks: string, headers = 'Transfer-Encoding: chunked\r\n') =>
  `POST /orders HTTP/1.1\r\n${json}${headers}\r\n${chunks}`;
export const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
export const end = '0\r\n\r\n';

/** What it is, what is sent, and the status of the one answer. */
export const requests: [string, string | Uint8Array, number][] = [
  ['a word', 'hello\r\n\r\n', 400],
  ['half a word', 'GE', 400],
  ['a TLS handshake', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3), 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['an HTTP of the future', `GET /kitchen HTTP/3.7\r\n${host}\r\n`, 400],
  ['lines that end otherwise', 'GET /kitchen HTTP/1.1\nHost: x\n\n', 400],
  ['a method that nobody knows', `BREW /kitchen HTTP/1.1\r\n${host}\r\n`, 400],
  ['a method in lower case', `get /kitchen HTTP/1.1\r\n${host}\r\n`, 400],
  ['a tunnel', `CONNECT kitchen:80 HTTP/1.1\r\n${host}\r\n`, 405],
  ['everything', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 404],
  ['no path', get(''), 400],
  ['a path without a slash', get('kitchen'), 400],
  ['a path with a letter that has to be encoded', get('/kitché'), 400],
  ['a URL that is none', get('http://['), 400],
  ['a URL with a user who is none', get('http://%zz@x/kitchen'), 400],
  ['a path that is too long', get(`/${'a'.repeat(20_000)}`), 431],
  ['a header that is too long', get('/kitchen', `${host}X: ${'a'.repeat(20_000)}\r\n`), 431],
  ['no host', get('/kitchen', ''), 400],
  ['two hosts', get('/kitchen', `${host}Host: y\r\n`), 400],
  ['a header with a space in its name', get('/kitchen', `${host}a b: c\r\n`), 400],
  ['a header with a control character', get('/kitchen', `${host}a: \x01\r\n`), 400],
  ['headers that do not end', get('/kitchen').slice(0, -2), 400],
  ['two media types', post(good, 'Content-Type: text/plain\r\n'), 415],
  ['the same media type twice', post(good, 'Content-Type: application/json\r\n'), 415],
  ['two keys', post(good, 'Idempotency-Key: a\r\nIdempotency-Key: b\r\n'), 422],
  ['two lengths', post(good, 'Content-Length: 3\r\n'), 400],
  ['a negative length', chunked('', 'Content-Length: -1\r\n'), 400],
  ['a length beyond all numbers', chunked('', 'Content-Length: 99999999999999999999\r\n'), 400],
  ['a body that is shorter than its length', post(good).slice(0, -1), 400],
  ['a length and chunks', chunked(chunk(good) + end, 'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n'), 400],
  ['no chunks after all', chunked(good, 'Transfer-Encoding: identity\r\n'), 400],
  ['compressed chunks', chunked(chunk(good) + end, 'Transfer-Encoding: gzip, chunked\r\n'), 415],
  ['a chunk without a length', chunked(good), 400],
  ['chunks that do not end', chunked(chunk(good)), 400],
  ['too many chunks', chunked(chunk(' '.repeat(1_000)).repeat(100) + end), 413],
  ['a chunk with too much to say about itself', chunked(`1;${'a'.repeat(20_000)}\r\n `), 413],
];
