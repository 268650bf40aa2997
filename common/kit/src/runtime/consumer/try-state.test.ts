import fc from 'fast-check';
import { afterWaitingFor, planOf, untried, type Circumstances, type TryState, type Wait } from './try-state';

const waits = fc.constantFrom<Wait>('another try', 'counted try', 'alone', 'barred', 'a place');
const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  isHead: fc.boolean(),
  countedTries: fc.nat({ max: 5 }),
  afterUncleanShutdown: fc.boolean(),
});
/** Whatever a message may have waited for. */
const states = fc
  .array(waits, { maxLength: 6 })
  .map((past) => past.reduce<TryState>((state, wait) => afterWaitingFor(wait, state), untried));

const always = (holds: (state: TryState, about: Circumstances, wait: Wait) => boolean) =>
  fc.assert(fc.property(states, circumstances, waits, holds));

test('a message that nobody has tried, after a life that ended well, is handled at once', () => {
  expect(planOf(untried, { isHead: false, countedTries: 0, afterUncleanShutdown: false })).toBe('handle');
});

test('a try that was counted is made, whatever else is so', () =>
  always((state, about) => planOf(afterWaitingFor('counted try', state), about) === 'handle'));

test('the try of a head, and each first try after a life that ended badly, is counted before it is made', () =>
  always((state, about) => {
    const mayKill = about.isHead || about.afterUncleanShutdown;
    return !mayKill || state.isCounted || planOf(state, about) !== 'handle';
  }));

test('only one that is alone is charged with a death, and only after a life that ended badly', () =>
  always(
    (state, about) =>
      planOf(state, about) !== 'count as suspected' ||
      (state.isAlone && about.afterUncleanShutdown && about.countedTries > 0),
  ));

test('who is told to go alone is alone the next time, and stays so', () =>
  always((state, about, wait) => {
    const told = planOf(state, about) === 'go alone' ? afterWaitingFor('alone', state) : state;
    return (told.isAlone || told === state) && (!told.isAlone || afterWaitingFor(wait, told).isAlone);
  }));

test('one that was tried here is not suspected any more', () =>
  always((state, about, wait) => {
    const tried = afterWaitingFor('another try', state);
    const later = afterWaitingFor(wait, tried);
    return !['go alone', 'count as suspected'].includes(planOf(later, about));
  }));
