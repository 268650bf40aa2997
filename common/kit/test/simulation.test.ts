import { ContainerModule, service, type ServiceLiteral } from 'saga-kit/service';
import { shrink, simulate, storyOf, stub, type Scenario } from 'saga-kit/testing';
import { aShipping, Carry, shippingSaga, ShippingWork } from './a-shipping';
import { Pack, Unpack } from './a-shop';

const services = (): readonly ServiceLiteral[] => [
  aShipping(),
  stub('shop', [Pack, Unpack]),
  stub('carrier', [Carry], [{ command: 'Carry', when: { count: { equals: 3 } }, refuse: 'TOO_HEAVY' }]),
];

/** Parcels, every third of which is too heavy. */
const parcels = (more: Partial<Scenario> = {}): Scenario => ({
  name: 'parcels',
  services: services(),
  actions: 12,
  act: (system, { index }) =>
    system.ask('shipping', ({ container }) =>
      container
        .get(ShippingWork)
        .run(({ sagas }) => sagas.begin(shippingSaga, `p-${index}`, { item: 'book', count: 1 + (index % 3) })),
    ),
  ...more,
});

test('the same seed is the same story, byte by byte, and another seed is another one', async () => {
  const one = await simulate(parcels(), 7);
  const again = await simulate(parcels(), 7);
  expect(JSON.stringify(again.history)).toBe(JSON.stringify(one.history));
  expect(again).toEqual(one);
  expect((await simulate(parcels(), 8)).digest).not.toBe(one.digest);
});

test('whatever fails, every parcel is carried or unpacked again, and no promise is broken', async () => {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 24; seed++) {
    const { violations, faults, processes, history } = await simulate(parcels(), seed);
    expect([seed, violations]).toEqual([seed, []]);
    expect(processes).toBe(12);
    const ends = history.services.find(({ name }) => name === 'shipping')!.tables['kit_sagas']!;
    expect(ends.map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 8 }, () => 'completed'),
      ...Array.from({ length: 4 }, () => 'rejected'),
    ]);
    for (const kind of Object.keys(faults)) kinds.add(kind);
  }
  expect([...kinds]).toEqual(
    expect.arrayContaining(['process dies before', 'process dies after', 'connection lost after', 'publishAnswerLost']),
  );
});

test('whoever audits may wait for time to pass, and not for ever', async () => {
  const audits =
    (forMs: number): NonNullable<Scenario['audit']> =>
    async (system) => {
      await system.pass(forMs);
      return [`${forMs} ms later`];
    };
  const seen = async (forMs: number) => {
    const { violations } = await simulate(parcels({ actions: 1, audit: audits(forMs) }), 3);
    return violations.map(({ message }) => message);
  };
  expect(await seen(1_000)).toEqual(['1000 ms later']);
  expect(await seen(1_000_000_000)).toEqual(['it could not be audited: not after 900000 ms']);
});

test('what the business finds wrong is a violation, and is shrunk to the action that it is about', async () => {
  const audit: Scenario['audit'] = async (system) =>
    (await system.query<{ id: string }>('shipping', "select id from kit_sagas where id = 'SHIPPING/p-5'")).map(
      ({ id }) => `${id} must not be`,
    );
  const scenario = parcels({ audit });
  const failed = await simulate(scenario, 3);
  expect(failed.violations).toEqual([{ checker: 'the business adds up', message: 'SHIPPING/p-5 must not be' }]);
  const { run, reduction } = await shrink(scenario, failed);
  expect([...reduction.actions!]).toEqual([5]);
  expect(run.mishaps).toEqual([]);
  const lines = storyOf(run).split('\n');
  expect(lines.filter((line) => line.includes(' → '))).toEqual([
    'shipping → shop  Pack  SHIPPING/p-5',
    'shop → shipping  Packed  SHIPPING/p-5',
    'shipping → carrier  Carry  SHIPPING/p-5',
    'carrier → shipping  TOO_HEAVY  SHIPPING/p-5',
    'shipping → shop  Unpack  SHIPPING/p-5',
    'shop → shipping  Unpacked  SHIPPING/p-5',
  ]);
  expect(lines.at(-1)).toBe('✗ the business adds up: SHIPPING/p-5 must not be');
});

test('an action that fails for good is a violation', async () => {
  const act: Scenario['act'] = async (_, { index }) => {
    if (index === 2) throw new Error('nobody wants it');
  };
  const { violations } = await simulate(parcels({ act }), 1);
  expect(violations).toEqual([{ checker: 'every action is answered', message: 'nobody wants it' }]);
});

test('a saga that nobody answers is a violation: not everything ends', async () => {
  const [shipping, shop] = services();
  const { violations } = await simulate(parcels({ services: [shipping!, shop!], actions: 1 }), 1);
  expect(violations.map(({ checker }) => checker)).toContain('everything ends');
});

test('a system that does not start says why', async () => {
  const broken = service({
    name: 'broken',
    migrations: [],
    bindings: new ContainerModule(() => {}),
    started: async () => {
      throw new Error('no key');
    },
  });
  const system = simulate(parcels({ services: [broken] }), 1);
  await expect(system).rejects.toThrow('the system does not start: broken-1: it could not start: no key');
});

test('a request goes to the service that has a route for it, or to nobody', async () => {
  const act: Scenario['act'] = async (system) => void (await system.request({ method: 'GET', path: '/parcels' }));
  const { violations } = await simulate(parcels({ act, actions: 1 }), 1);
  expect(violations).toMatchObject([{ message: 'no service has a route for GET /parcels' }]);
});
