import { settingsTable } from './settings-table';

const help = `Prints the environment variables of every profile, as the table of the README.

  npm run settings`;

if (process.argv.includes('--help')) console.log(help);
else console.log(settingsTable());
