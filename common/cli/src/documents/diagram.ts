import type { Saga } from 'saga-kit';
import { routingOf } from 'saga-kit/tools';
import { command, none, parse, Usage } from '../command/command';
import { exits } from '../command/terminal';
import type { LoadedConfig } from '../config';
import { messagesOf, type DescribedMessage } from './messages';

const help = `Prints a Mermaid diagram, for a README or a page.

  npx saga-kit diagram                 services and topics: who sends and who listens
  npx saga-kit diagram --saga NAME     the steps of a saga, its pivot and its compensations

Ends with 0; with 2 when the command or the configuration is wrong.`;

/** The command. */
export const diagram = command<[LoadedConfig]>({ help }, async (args, terminal, { services }) => {
  const { positionals, values } = parse(args, { saga: { type: 'string' } });
  none(positionals);
  if (values.saga === undefined) terminal.say(topologyDiagram(messagesOf(services)));
  else {
    const sagas = services.flatMap((service) => routingOf(service).sagas);
    const saga = sagas.find(({ name }) => name === values.saga);
    if (!saga)
      throw new Usage(`--saga is one of ${sagas.map(({ name }) => name).join(', ') || 'none: there is no saga'}`);
    terminal.say(sagaDiagram(saga));
  }
  return exits.fine;
});

/** Steps from left to right; what is undone, below. */
export function sagaDiagram({ steps, cancellations }: Saga): string {
  const lines = steps.flatMap(({ kind, do: command, undo, deadlineMs }, index) => {
    const note = kind === 'compensatable' ? `within ${deadlineMs / 1_000} s` : kind;
    const step = `  s${index}["${command.name}<br/>${note}"]`;
    const next = index + 1 < steps.length ? `s${index + 1}` : 'completed([completed])';
    const onward = `  s${index} -->|${command.reply.name}| ${next}`;
    if (undo === 'nothing') return [step, onward];
    return [step, onward, `  s${index} -.->|undone by| u${index}["${undo.name}"]`];
  });
  const undone = steps.flatMap(({ undo }, index) => (undo === 'nothing' ? [] : [`u${index}`])).reverse();
  const back = [...undone, 'rejected([rejected])'];
  const compensations = back.slice(1).map((to, index) => `  ${back[index]} --> ${to}`);
  // One node for all codes: Mermaid gives nodes of one name the label of the last.
  const cancels = cancellations.length === 0 ? [] : [`  cancel(["${cancellations.join('<br/>')}"]) -.-> s0`];
  return ['flowchart LR', ...lines, ...compensations, ...cancels].join('\n');
}

/** A service points to the topics that it sends to, a topic to the services that listen to it. */
export function topologyDiagram(messages: readonly DescribedMessage[]): string {
  const named = (names: Iterable<string>, prefix: string) =>
    new Map([...new Set(names)].sort().map((name, index) => [name, `${prefix}${index}`]));
  const services = named(
    messages.flatMap(({ senders, listeners }) => [...senders, ...listeners]),
    'service',
  );
  const topics = named(
    messages.map(({ topic }) => topic),
    'topic',
  );
  const edges = new Set<string>();
  for (const { topic, senders, listeners } of messages) {
    for (const service of senders) edges.add(`  ${services.get(service)} --> ${topics.get(topic)}`);
    for (const service of listeners) edges.add(`  ${topics.get(topic)} --> ${services.get(service)}`);
  }
  return [
    'flowchart LR',
    ...[...services].map(([name, id]) => `  ${id}["${name}"]`),
    ...[...topics].map(([name, id]) => `  ${id}[("${name}")]`),
    ...[...edges].sort(),
  ].join('\n');
}
