import { existsSync } from 'node:fs';
import { join } from 'node:path';

const own = join(__dirname, '..', '..'); // as far from dist/ as from src/

/** A file of docker/: in this package once it is packed, at the top of the checkout before. */
export const dockerFile = (name: string): string =>
  [join(own, 'docker', name), join(own, '..', '..', 'docker', name)].find((file) => existsSync(file)) ??
  join(own, 'docker', name);
