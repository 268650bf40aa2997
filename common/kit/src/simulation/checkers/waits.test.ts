import { faultsOf as all, row, sagaId, sagaRow, Story } from '../../../test/a-history';
import { sagaTable, type SagaRow } from '../../runtime';
import { waits } from './waits';

const dueAt = new Date(60_000);
const onTime = { dueAt: null, updatedAt: dueAt };
const tooEarly = { dueAt: null, updatedAt: new Date(59_999) };

/** A saga that waits for the answer to its first step, and what becomes of it. */
const faultsOf = (then: Partial<SagaRow>, first: Partial<SagaRow> = {}) =>
  all(
    waits.name,
    new Story()
      .commit('order', [row(sagaTable, sagaRow({ attempts: 1, dueAt, ...first }))])
      .commit('order', [row(sagaTable, sagaRow(then), 'upsert')]),
  );

test.each([
  ['gives a step up', { status: 'compensating', code: 'DEADLINE_EXCEEDED' }, 'gave up Reserve'],
  ['asks again', { attempts: 2 }, 'asked for Reserve again'],
] as const)('a saga that %s before its time is told', (_what, then, fault) => {
  expect(faultsOf({ ...then, ...onTime })).toEqual([]);
  const told = [`order: saga ${sagaId} ${fault} before its time was over`];
  expect(faultsOf({ ...then, ...tooEarly })).toEqual(told);
  expect(faultsOf({ ...then, ...onTime }, { dueAt: null })).toEqual(told); // it had no time
});

test('an answer may come at any time', () => {
  expect(faultsOf({ step: 'Check', attempts: 1, ...tooEarly })).toEqual([]);
  expect(faultsOf({ status: 'compensating', code: 'NO', ...tooEarly })).toEqual([]);
});
