import { command, none, parse } from '../command/command';
import { exits } from '../command/terminal';
import type { LoadedConfig } from '../config';
import { jsonSchemaOf } from './json-schema';
import { messagesOf, type DescribedMessage } from './messages';

const help = `Prints the AsyncAPI 3 description of all that the services send and listen to, from their contracts.

  npx saga-kit asyncapi > asyncapi.json

The payload of each message is the JSON Schema of its envelope; the Avro schema that travels is beside it (x-avro).

Ends with 0; with 2 when the command or the configuration is wrong.`;

/** The command. */
export const asyncapi = command<[LoadedConfig]>({ help }, async (args, terminal, { title, services }) => {
  const { positionals } = parse(args, { json: { type: 'boolean', default: true } });
  none(positionals);
  terminal.say(JSON.stringify(asyncApi(title, messagesOf(services)), null, 2));
  return exits.fine;
});

/** The document. Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export function asyncApi(title: string, messages: readonly DescribedMessage[]): object {
  const topics = [...new Set(messages.map(({ topic }) => topic))];
  const on = (topic: string) => messages.filter((message) => message.topic === topic);
  return {
    asyncapi: '3.0.0',
    info: { title, version: '1' },
    defaultContentType: 'application/vnd.apache.avro',
    channels: Object.fromEntries(topics.map((topic) => [topic, channelOf(topic, on(topic))])),
    operations: Object.fromEntries(topics.flatMap((topic) => operationsOf(topic, on(topic)))),
    components: { messages: Object.fromEntries(messages.map((message) => [idOf(message), messageOf(message)])) },
  };
}

const channelOf = (topic: string, messages: readonly DescribedMessage[]) => ({
  address: topic,
  messages: Object.fromEntries(
    messages.map((message) => [idOf(message), { $ref: `#/components/messages/${idOf(message)}` }]),
  ),
});

/** One for each service that sends to a topic, and one for each that listens to it. */
function operationsOf(topic: string, messages: readonly DescribedMessage[]): (readonly [string, object])[] {
  return (['senders', 'listeners'] as const).flatMap((role) => {
    const services = new Set(messages.flatMap((message) => [...message[role]]));
    const [action, verb] = role === 'senders' ? (['send', 'sends'] as const) : (['receive', 'receives'] as const);
    return [...services].sort().map((service) => {
      const own = messages.filter((message) => message[role].has(service));
      const operation = {
        action,
        channel: { $ref: `#/channels/${topic}` },
        summary: `${service} ${verb} ${own.map(({ name }) => name).join(', ')}`,
        tags: [{ name: service }],
        messages: own.map((message) => ({ $ref: `#/channels/${topic}/messages/${idOf(message)}` })),
      };
      return [`${service}-${verb}-${topic}`, operation] as const;
    });
  });
}

const messageOf = ({ name, schema }: DescribedMessage) => ({
  name,
  title: name.slice(name.lastIndexOf('.') + 1),
  contentType: 'application/vnd.apache.avro',
  payload: jsonSchemaOf(schema),
  bindings: { kafka: { key: { type: 'string', description: 'the txId' }, bindingVersion: '0.5.0' } },
  'x-avro': schema,
});

/** Letters, digits and - . _ only, as the specification wants it; a topic has no others. */
const idOf = ({ topic, name }: DescribedMessage): string => `${topic}.${name}`;
