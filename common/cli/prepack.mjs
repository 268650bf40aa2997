// What the package needs of docker/, which stands beside it in the checkout and inside of it once it is packed.
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
mkdirSync(join(here, 'docker'), { recursive: true });
for (const file of ['compose.yml', 'pom.xml', 'mysql-for-development.sql'])
  cpSync(join(here, '..', '..', 'docker', file), join(here, 'docker', file));
