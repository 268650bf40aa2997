import { command, none, parse } from '../command/command';
import { exits } from '../command/terminal';
import { settingsTable } from './settings-table';

const help = `Prints the environment variables of every profile: what each is for, and what it is if it is not set.

  npx saga-kit settings

Ends with 0, or with 2 when the command is wrong.`;

/** The command. */
export const settings = command({ help }, async (args, terminal) => {
  none(parse(args, {}).positionals);
  terminal.say(settingsTable());
  return exits.fine;
});
