import type { ServiceLiteral } from 'saga-kit/service';
import { routingOf } from 'saga-kit/tools';
import { sentTopics } from '../command/traffic';
import { command, none, parse, Usage } from '../command/command';
import { exits } from '../command/terminal';

/** What a service may do with a topic, or with its consumer group. Everything else is to be forbidden. */
export interface Right {
  readonly service: string;
  readonly resource: 'topic' | 'group';
  readonly name: string;
  readonly operations: readonly ('Read' | 'Write' | 'Describe' | 'DescribeConfigs')[];
}

/** What each service needs of Kafka to do what it is there for. Its group has its name. */
export const rightsOf = (services: readonly ServiceLiteral[]): readonly Right[] =>
  services.flatMap((literal): Right[] => {
    const { name: service } = literal;
    const routing = routingOf(literal);
    const topics = (names: readonly string[], ...operations: Right['operations']) =>
      names.map((name): Right => ({ service, resource: 'topic', name, operations }));
    return [
      ...topics(routing.topics, 'Read', 'Describe', 'DescribeConfigs'), // it asks for how long they keep their records
      ...topics(sentTopics(routing), 'Write', 'Describe'),
      { service, resource: 'group', name: service, operations: ['Read'] },
    ];
  });

const help = `Prints what each service has to be allowed, as lines for kafka-acls.sh.

  npx saga-kit topics acls [--principal 'User:{service}'] [--json]

Ends with 0, or with 2 when the command or the configuration is wrong.`;

/** The command; `rights` are those of the system. */
export const acls = command<[rights: readonly Right[]]>({ help }, async (args, terminal, rights) => {
  const { principal, json } = typed(args);
  const granted = rights.map((right) => ({ ...right, principal: principal.replaceAll('{service}', right.service) }));
  terminal.say(json ? JSON.stringify({ acls: granted }, null, 2) : granted.map(line).join('\n'));
  return exits.fine;
});

function typed(args: readonly string[]) {
  const { positionals, values } = parse(args, {
    principal: { type: 'string', default: 'User:<{service}>' },
    json: { type: 'boolean', default: false },
  });
  none(positionals);
  if (/['\n]/.test(values.principal)) throw new Usage('--principal stands between single quotes, and has none in it');
  return values;
}

const line = ({ principal, resource, name, operations }: Right & { readonly principal: string }): string =>
  `kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --add --allow-principal '${principal}' ${operations
    .map((operation) => `--operation ${operation}`)
    .join(' ')} --${resource} ${name}`;
