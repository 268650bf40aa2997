import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import * as library from '@platformatic/kafka';
import type { KafkaAddress } from '../kafka-address';
import { platformaticClient } from './client';

const connecting = (host: string, port: number, KAFKA_SSL: boolean) => {
  const address: KafkaAddress = { KAFKA_BROKERS: [`${host}:${port}`], KAFKA_SSL };
  const client = platformaticClient(library, address, 'me');
  const own = client.pool(1_000);
  own.on('connecting', ({ connection }) => connection.on('error', () => {}));
  return { own, answer: own.get(client.brokers[0]!) };
};

test('a broker that is not there is given up', async () => {
  await expect(connecting('127.0.0.1', 1, false).answer).rejects.toThrow('Connection to 127.0.0.1:1 failed');
});

test.each([
  { host: 'localhost', told: 'localhost' },
  { host: '127.0.0.1', told: false },
])('with TLS, a broker is told that it is $host if that is a name', async ({ host, told }) => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const heard = once(server, 'tlsClientError') as Promise<[Error, { readonly servername?: string | false }]>;
  const { answer, own } = connecting(host, (server.address() as AddressInfo).port, true);
  await expect(answer).rejects.toThrow('failed');
  expect((await heard)[1].servername ?? false).toBe(told);
  await own.close();
  server.close();
});

test('a file of certificates that is not there is named', () => {
  const address = { KAFKA_BROKERS: ['127.0.0.1:1'], KAFKA_SSL: true, KAFKA_SSL_CA: '/not/there.pem' };
  expect(() => platformaticClient(library, address, 'me')).toThrow('KAFKA_SSL_CA: ENOENT');
});
