// Is loaded before anything else (`node --require`) in a process that is to have the bug which ZOO_BUG names.
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../root';
import { withChange } from './bug';
import { bugCalled } from './bugs';

const { changes } = bugCalled(process.env['ZOO_BUG'] ?? '');
const dist = join(root, 'common', 'kit', 'dist');

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const own = changes.filter(({ file }) => url.startsWith('file:') && fileURLToPath(url) === join(dist, file));
    if (own.length === 0) return loaded;
    if (loaded.source == null) throw new Error(`${url} was loaded without its text`);
    const text =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
    return { ...loaded, source: own.reduce(withChange, text) };
  },
});
