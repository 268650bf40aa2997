import { runCommand } from './command/terminal';
import { trafficOf } from './command/traffic';
import { schemas } from './schemas/schemas';
import { services } from './services';

runCommand((args, terminal) => schemas(args, terminal, trafficOf(services).schemas));
