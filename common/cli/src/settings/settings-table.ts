import { commonSettings, embeddedSettings, serviceSettings } from 'saga-kit/tools';
import { z } from 'zod';

/** A row for each variable: what it is for, what it is if nobody says, and which profile reads it. */
export function settingsTable(): string {
  const profiles = [embeddedSettings, serviceSettings].map(propertiesOf) as [Properties, Properties];
  const names = [
    ...new Set([commonSettings, embeddedSettings, serviceSettings].flatMap((each) => Object.keys(each.shape))),
  ];
  const rows = names.map((name) => {
    const readBy = ['embedded', 'kafka'].filter((_, index) => profiles[index]![name] || name === 'PROFILE');
    const defaults = [...new Set(profiles.flatMap((each) => (each[name] ? [defaultOf(each[name])] : [])))];
    const { description = '' } = profiles[0][name] ?? profiles[1][name] ?? {};
    return `| \`${name}\` | ${description} | ${defaults.join(' / ')} | ${readBy.join(', ')} |`;
  });
  return ['| variable | | default | profile |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

type Properties = Readonly<Record<string, { readonly description?: string; readonly default?: unknown } | undefined>>;

const propertiesOf = (schema: z.ZodObject): Properties =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties as Properties;

const defaultOf = ({ default: value }: { readonly default?: unknown }): string =>
  value === undefined ? '' : `\`${value as string | number}\``;
