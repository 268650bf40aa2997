import type { LogRecord } from 'saga-kit/tools';
import { worldWith, type World } from 'saga-kit/testing';
import { listen, application, type RunningServer } from '../../common/kit/src/http';
import { operations, type OperatedService } from '../../common/kit/src/http/operations';
import { expectLineReplayed, expectStuckEnds, type OnCallSystem } from './stuck-cases';

let world: World;
let listening: RunningServer;
afterAll(async () => {
  await listening.close();
  await world.close();
});

test('a saga whose participant is gone for good, and a line that a bug has parked, are seen and ended', async () => {
  const log: string[] = [];
  const say = (_fields: object, message: string) => void log.push(message);
  const silent = () => {};
  world = await worldWith({ log: { debug: silent, info: say, warn: say, error: say } });
  const running: OperatedService[] = [];
  const routes = operations({ title: 'Shipping', story: '/stories/:txId' }, running, [], {}, undefined);
  listening = await listen(application(routes, { debug: silent, info: silent, warn: silent, error: silent }), {
    host: '127.0.0.1',
    port: 0,
  });
  const system: OnCallSystem = {
    url: listening.url,
    log,
    start: async (literal) => {
      const service = await world.start(literal);
      running.push(service);
      return service;
    },
    stores: async (service) => world.storesOf(service),
    send: async (message, process) => {
      const record: LogRecord = await world.send(message, process);
      return { again: async () => world.put(record) };
    },
    until: async (what, fact) => {
      for (let seconds = 0; !(await fact()); seconds++) {
        if (seconds === 300) throw new Error(`in vain until ${what}`);
        await world.pass(1_000);
      }
    },
  };
  await expectStuckEnds(system);
  await expectLineReplayed(system, () => world.service('shop'));
  await world.settled();
}, 120_000);
