import { terminal } from './command/terminal';
import { sagaKit } from './saga-kit';

void sagaKit(process.argv.slice(2), terminal).then((code) => void (process.exitCode = code));
