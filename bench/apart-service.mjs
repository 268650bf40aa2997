// One service of `apart`, given its name and the facts of the system: tells when it runs, and then, whenever it is asked, how
// often it has asked MySQL.
import { KitSystem } from './kit-system.mjs';
import { countRoundTrips } from './observer.mjs';
import { fatal } from './program.mjs';

const [name, facts] = process.argv.slice(2);

async function main() {
  process.on('SIGINT', () => {}); // whoever has started it lets go of it
  const roundTrips = countRoundTrips();
  const system = new KitSystem(process.env, JSON.parse(facts));
  await system.start([name]);
  process.on('message', () => process.send(roundTrips()));
  process.on('disconnect', () => system.stop().then(() => process.exit(), fatal));
  process.send('ready');
}

main().catch(fatal);
