import { runCommand } from './command/terminal';
import { trafficOf } from './command/traffic';
import { services } from './services';
import { acls, rightsOf } from './topics/acls';
import { topics } from './topics/topics';

runCommand(([verb, ...args], terminal) =>
  verb === 'acls' && !args.includes('--help')
    ? acls(args, terminal, rightsOf(services))
    : topics(verb === undefined ? [] : [verb, ...args], terminal, trafficOf(services).topics),
);
