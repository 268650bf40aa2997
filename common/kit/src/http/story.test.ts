import type { MessageOfProcess } from '../runtime';
import { mergedStory, storyOf, type Story, type StoryNode } from './story';

const message = (
  messageId: string,
  causationId: string,
  atMs: number,
  direction: MessageOfProcess['direction'] = 'sent',
): MessageOfProcess => ({
  ...{ direction, topic: 'topic', type: messageId, messageId, causationId, code: null, errorMessage: null, times: 1 },
  at: new Date(atMs),
  lastAt: new Date(atMs),
});

/** `Placed by order, heard by product, delivery` */
const told = [
  { service: 'order', messages: [message('Placed', 'a-call', 1), message('Cancelled', 'SoldOut', 5)], acts: [] },
  {
    service: 'product',
    messages: [message('Placed', 'a-call', 3, 'received'), message('SoldOut', 'Placed', 4)],
    acts: [],
  },
  {
    service: 'delivery',
    messages: [message('Placed', 'a-call', 2, 'received'), message('Started', 'Placed', 2)],
    acts: [],
  },
];

const drawn = (nodes: readonly StoryNode[], depth = 0): string[] =>
  nodes.flatMap(({ type, sent, received, caused }) => {
    const hands = [...sent, ...received].map(({ service }) => service).join(' ');
    return [`${'  '.repeat(depth)}${type}: ${hands}`, ...drawn(caused, depth + 1)];
  });
const asTree = ['Placed: order product delivery', '  Started: delivery', '  SoldOut: product', '    Cancelled: order'];

test('what three services tell of a process is one tree of causes, and who has handled a message is said at it', () => {
  expect(drawn(storyOf('tx', told).story)).toEqual(asTree);
});

test('stories of services by themselves are merged into the same tree', () => {
  const each: Story[] = told.map((one) => JSON.parse(JSON.stringify(storyOf('tx', [one]))) as Story);
  expect(mergedStory('tx', each.reverse()).story.map(({ type }) => type)).toEqual(['Placed']);
  expect(drawn(mergedStory('tx', each.reverse()).story)).toEqual(asTree);
});

test('what operators of several services have done is told in the order in which they have done it', () => {
  const acts = (service: string, ...atMs: readonly number[]) => ({
    service,
    messages: [],
    acts: atMs.map((ms) => ({
      ...{
        id: `${ms}`,
        at: new Date(ms),
        who: 'Ada',
        verb: 'retry',
        subject: 'saga ORDER/tx',
        txId: 'tx',
        reason: 'so',
      },
      ...{ before: {}, after: null },
    })),
  });
  const both = [acts('order', 1, 3), acts('product', 2)];
  const merged = mergedStory('tx', both.map((one) => storyOf('tx', [one])).reverse());
  expect(merged).toEqual(storyOf('tx', both));
  expect(merged.acts.map(({ id, service }) => `${id} ${service}`)).toEqual(['1 order', '2 product', '3 order']);
  expect(merged.acts[0]).toEqual({
    ...{ id: '1', at: '1970-01-01T00:00:00.001Z', who: 'Ada', verb: 'retry', subject: 'saga ORDER/tx', reason: 'so' },
    service: 'order',
  });
});

test('a message whose cause nobody knows begins the story, also one that names itself as its cause', () => {
  const { story } = storyOf('tx', [
    { service: 'a', messages: [message('x', 'elsewhere', 2), message('y', 'y', 1)], acts: [] },
  ]);
  expect(drawn(story)).toEqual(['y: a', 'x: a']);
});

test('causes that go round in a circle, which nobody can have sent, are told all the same', () => {
  const { story } = storyOf('tx', [{ service: 'a', messages: [message('x', 'y', 1), message('y', 'x', 2)], acts: [] }]);
  expect(drawn(story)).toEqual(['x: a', '  y: a']);
});
