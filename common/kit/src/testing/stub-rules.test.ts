import { command, event } from '..';
import { answerBy, stubRulesSchema } from './stub-rules';

const counts = { name: 'counts', type: { type: 'map', values: 'int' } } as const;
const Counted = event({ type: 'record', name: 'Counted', namespace: 'x', topic: 't', fields: [counts] });
const Count = command({
  type: 'record',
  name: 'Count',
  namespace: 'x',
  topic: 't',
  fields: [counts],
  reply: Counted,
  refusals: ['FULL'],
});
const odd: unknown = JSON.parse('{"__proto__": 1, "constructor": 2}');

test('a rule reads and answers keys that every object knows as keys like any others', () => {
  const rules = stubRulesSchema.parse([
    { command: 'Count', when: { 'counts.__proto__': { equals: 1 } }, refuse: 'FULL' },
    { command: 'Count', reply: { counts: odd } },
  ]) as Parameters<typeof answerBy>[0];
  expect(answerBy(rules, Count, { counts: odd })).toMatchObject({ code: 'FULL' });
  const answer = answerBy(rules, Count, { counts: {} });
  expect(JSON.stringify('payload' in answer && answer.payload)).toBe(JSON.stringify({ counts: odd }));
});

test.each(['when', 'reply'])('a field "__proto__" in the %s of a rule is refused, and not left out', (part) => {
  const rules: unknown = JSON.parse(`[{"command": "Count", "${part}": {"__proto__": {"equals": 1}}}]`);
  expect(() => stubRulesSchema.parse(rules)).toThrow('no field is called __proto__');
});
