import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metrics } from 'saga-kit/tools';
import { parse } from 'yaml';
import { root } from '../src/root';

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

/** The alerts of docker/alerts.yml. */
export const rules = (
  parse(readFileSync(join(root, 'docker', 'alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);

/** Which alerts these metrics let fire; the rules compare one metric with one number. */
export async function firing(metrics: Metrics): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return rules.flatMap(({ alert, expr }) => {
    const [, name, operator, limit] = /^(saga_kit_\w+) (==|>) (\d+)$/.exec(expr) ?? [];
    if (name === undefined) throw new Error(`${alert}: what does "${expr}" mean?`);
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
      Number(value),
    );
    return values.some((value) => (operator === '>' ? value > Number(limit) : value === Number(limit))) ? [alert] : [];
  });
}
