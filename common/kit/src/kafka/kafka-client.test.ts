import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Log } from '../runtime';
import type { KafkaAddress } from './kafka-address';
import { kafkaClient } from './kafka-client';

const lines: [level: string, fields: object, message: string][] = [];
const line = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
const log: Log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
const nowhere: KafkaAddress = { KAFKA_BROKERS: ['127.0.0.1:1'], KAFKA_SSL: false };
beforeEach(() => void lines.splice(0));

test('what kafkajs says is logged with its ids and reasons, without stacks and values', () => {
  const said = kafkaClient(nowhere, 'me', log).logger().namespace('Connection');
  said.error('gone', { broker: 'one:9092', error: 'ECONNREFUSED', stack: 'at x', payload: 'secret', retryCount: 2 });
  said.info('joined', { groupId: 'order', memberAssignment: {} });
  expect(lines).toEqual([
    ['warn', { broker: 'one:9092', error: 'ECONNREFUSED', retryCount: 2 }, 'kafkajs Connection: gone'],
    ['info', { groupId: 'order' }, 'kafkajs Connection: joined'],
  ]);
});

test('its debug entries hold payloads and are left out, also where the environment asks for them', () => {
  process.env['KAFKAJS_LOG_LEVEL'] = 'debug';
  try {
    kafkaClient(nowhere, 'me', log).logger().debug('Response', { payload: 'secret' });
  } finally {
    delete process.env['KAFKAJS_LOG_LEVEL'];
  }
  expect(lines).toEqual([]);
});

test('a broker that is not there is given up', async () => {
  const admin = kafkaClient(nowhere, 'me', log).admin();
  await expect(admin.connect()).rejects.toThrow('ECONNREFUSED');
});

test.each([
  ['TLS', true, 0x16],
  ['plain text', false, 0x00],
])('%s is what it speaks when KAFKA_SSL is %s', async (_, KAFKA_SSL, firstByte) => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const heard = new Promise<number | undefined>((resolve) =>
    server.on('connection', (socket) =>
      socket
        .on('error', () => {})
        .once('data', (bytes) => {
          resolve(bytes[0]);
          socket.destroy();
          server.close();
        }),
    ),
  );
  const admin = kafkaClient({ KAFKA_BROKERS: [`127.0.0.1:${port}`], KAFKA_SSL }, 'me', log).admin();
  const connecting = admin.connect().catch(() => {});
  expect(await heard).toBe(firstByte);
  await connecting;
});

test('a file of certificates that is not there is named', () => {
  const address = { ...nowhere, KAFKA_SSL: true, KAFKA_SSL_CA: '/not/there.pem' };
  expect(() => kafkaClient(address, 'me', log)).toThrow('KAFKA_SSL_CA: ENOENT');
});
