import { command, none, parse, Usage, verbOf } from '../command/command';
import { exits } from '../command/terminal';
import { isIn } from './contract-files';
import { Draft } from './draft';
import { formatted } from './formatted';
import { layoutOf, type Layout } from './layout';
import { messageName, serviceName } from './names';
import { fieldsIn, newCommand, newEvent, newListener, replyOf } from './new-message';
import { newService } from './new-service';
import { newStep } from './new-step';

const help = `Writes the beginning of a service, a message or a step of a saga, with tests, and lists it where it has to be.

  npx saga-kit new service <name>                      a service that keeps something, with routes to it
  npx saga-kit new message <service> <Name>            a command that the service is sent, its reply, its handler
  npx saga-kit new message <service> <Name> --event    an event that the service sends; --to <service> is told of it
  npx saga-kit new step <SAGA> <Command>               a line in a saga; --service <service> writes the command as well

  --fields orderId:string,amount:long   what is in the message: string, int, long, double or boolean; id:string if not said
  --reply <Name>                        what a command is answered with; <Name>Done if it is not said
  --refusals SOLD_OUT,CLOSED            the codes that a command may be refused with; none if not said
  --undo <Command>                      what takes the step back; nothing if not said
  --retriable                           the step comes behind the point of no return, and is retried until it is answered
  --dry-run                             says which files would be written, and writes none
  --json                                the files as one JSON document

Services are workspaces where common/contracts is one, and folders of src/ elsewhere. Nothing is overwritten.

Ends with 0 when the files are written, with 2 when the command is wrong or a file is in the way: then nothing is.`;

const verbs = { service, message, step };
type Values = ReturnType<typeof typed>['values'];

/** The command. */
export const begin = command({ help }, async (args, terminal) => {
  const { verb, names, values } = typed(args);
  const draft = new Draft(process.cwd());
  verbs[verb](draft, layoutOf(draft.folder), names, values);
  const { created, changed } = draft.paths;
  if (!values['dry-run']) draft.write(await formatted(draft.texts, draft.folder));
  const [one, other] = values['dry-run'] ? ['would write', 'would change'] : ['written', 'changed'];
  const width = other.length;
  const lines = [
    ...created.map((path) => `${one.padEnd(width)}  ${path}`),
    ...changed.map((path) => `${other}  ${path}`),
  ];
  terminal.say(values.json ? JSON.stringify({ created, changed }, null, 2) : lines.join('\n'));
  if (verb === 'service' && !values['dry-run'] && draft.paths.changed.includes('package.json'))
    terminal.hint('It is a new workspace: run "npm install" once.');
  return exits.fine;
});

function typed(args: readonly string[]) {
  const { positionals, values } = parse(args, {
    event: { type: 'boolean', default: false },
    to: { type: 'string' },
    fields: { type: 'string' },
    reply: { type: 'string' },
    refusals: { type: 'string' },
    undo: { type: 'string' },
    service: { type: 'string' },
    retriable: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const verb = verbOf(positionals.slice(0, 1), ['service', 'message', 'step']);
  return { verb, names: positionals.slice(1), values };
}

function service(draft: Draft, layout: Layout, [name, ...more]: readonly string[]): void {
  none(more);
  if (name === undefined) throw new Usage('say what the service is called');
  newService(draft, layout, serviceName(name));
}

function message(draft: Draft, layout: Layout, [of, name, ...more]: readonly string[], values: Values): void {
  none(more);
  if (of === undefined || name === undefined) throw new Usage('say whose message it is, and what it is called');
  const wanted = wantedMessage(of, name, values);
  if (!values.event && values.to !== undefined) throw new Usage('--to is for an event: a command is for its service');
  if (!values.event) return newCommand(draft, layout, wanted);
  if (values.reply !== undefined || values.refusals !== undefined)
    throw new Usage('--reply and --refusals are for a command: an event is not answered');
  newEvent(draft, layout, wanted);
  if (values.to !== undefined) newListener(draft, layout, serviceName(values.to), wanted.name.pascal);
}

function step(draft: Draft, layout: Layout, [saga, given, ...more]: readonly string[], values: Values): void {
  none(more);
  if (saga === undefined || given === undefined) throw new Usage('say which saga, and which command');
  if (values.retriable && values.undo !== undefined) throw new Usage('--undo: a retriable step is never taken back');
  const { pascal } = messageName(given);
  const isThere = draft.sources(layout.contracts).some((path) => isIn(draft.read(path), pascal));
  if (!isThere && values.service === undefined)
    throw new Usage(`there is no command ${pascal}: with --service it is written as well`);
  if (!isThere) newCommand(draft, layout, wantedMessage(values.service!, given, values));
  newStep(draft, layout, { saga, command: pascal, undo: values.undo, isRetriable: values.retriable });
}

function wantedMessage(of: string, given: string, { fields = 'id:string', reply, refusals }: Values) {
  const name = messageName(given);
  return {
    service: serviceName(of),
    name,
    reply: reply === undefined ? replyOf(name) : messageName(reply),
    fields: fieldsIn(fields),
    refusals: refusals?.split(',').map(refusalCode) ?? [],
  };
}

function refusalCode(given: string): string {
  if (/^[A-Z][A-Z0-9_]*$/.test(given)) return given;
  throw new Usage(`--refusals ${given}: a code is written in A-Z, 0-9 and _`);
}
