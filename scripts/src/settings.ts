import { onlyHelp } from 'saga-kit/app';
import { settingsTable } from './settings-table';

const help = `Prints the environment variables of every profile, as the table of the README.

  npm run settings`;

onlyHelp(help);
console.log(settingsTable());
