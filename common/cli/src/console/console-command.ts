import { run } from 'saga-kit/tools';
import { command, none, parse, wholeNumber } from '../command/command';
import { exits } from '../command/terminal';
import { addressOf, askerAt, askOptions, isUnreachable, servicesAt } from '../operate/ask';
import { aboutAt, openConsole } from './open-console';

const help = `Shows services in a browser: what goes on, what waits and why, and what was parked.

  npx saga-kit console [--url http://localhost:3000] [--port 4000]

It prints an address of this machine, and passes on to --url what the console asks there: /admin, /health, stories, and what
there is to demonstrate; nothing else, and only for a browser on this machine. Where the services have an ADMIN_TOKEN, the
page asks you for it. Without --port it takes any port that is free. It goes on until it is told to stop (Ctrl-C).

Ends with 0 when it was told to stop, with 1 when it cannot listen, with 2 when the command is wrong, 3 when nobody answers.`;

const { url } = askOptions;

/** The command. It resolves as soon as the console has begun to start, which ends the process by itself. */
export const consoleCommand = command({ help, isUnreachable }, async (args, terminal) => {
  const { positionals, values } = parse(args, { url, port: { type: 'string', default: '0' } });
  none(positionals);
  const port = wholeNumber('port', values.port, [0, 65_535]);
  const ask = askerAt(values.url, terminal);
  await servicesAt(ask);
  const about = await aboutAt(ask);
  const open = () => openConsole(addressOf(values.url), about, port).catch(namesItsPort);
  run('The console is', { services: values.url }, open, (own) => `Console: ${own}/console`);
  return exits.fine;
});

/** It is no setting here. */
function namesItsPort(error: Error): never {
  throw new Error(error.message.replace(/with PORT$/, 'with --port'), { cause: error });
}
