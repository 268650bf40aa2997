import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { refuseConnection } from './refuse';

const soonMs = { headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 10 };

let server: Server;
beforeEach(async () => {
  server = createServer(soonMs, (request, response) => void request.on('end', () => response.end()).resume());
  server.on('clientError', (error, socket) => refuseConnection(error, socket as Socket));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => void server.close(resolve)));

test.each([
  ['headers', 'GET / HTTP/1.1\r\nHost'],
  ['a body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{'],
  ['anything', ''],
])('whoever does not send %s in time is answered 408, and hung up on', async (_name, bytes) => {
  const text = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => void socket.write(bytes));
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.on('close', () => resolve(text));
  });
  const [head, body] = text.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nContent-Type: application\/problem\+json\r\n/);
  expect(JSON.parse(body!)).toMatchObject({ status: 408, detail: 'the request did not arrive in time' });
});
