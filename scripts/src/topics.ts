import { runCommand } from './command/terminal';
import { trafficOf } from './command/traffic';
import { services } from './services';
import { topics } from './topics/topics';

runCommand((args, terminal) => topics(args, terminal, trafficOf(services).topics));
