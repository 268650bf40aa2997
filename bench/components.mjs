// The broker, the registry and the database that something of the bench runs on.
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Components of its own, all of those that are named; who asks closes them. Rejects where one cannot be had. */
export async function ownComponents(names, say) {
  const { startInfra } = load('@saga-kit/cli/internal/infra/start-infra');
  const infra = await startInfra({ names, say });
  if (infra.missing.length === 0) return infra;
  await infra.close();
  throw new Error(infra.missing.map(({ name, lacking }) => `${name}: ${lacking}`).join('\n'));
}
