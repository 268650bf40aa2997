import type { Machine } from './machine';

export const javaNeeded = 17;

/** What a component lacks that is fetched with Maven and runs on Java. */
export function lackingJava({ java, find }: Machine): string | undefined {
  const lacking: string[] = [];
  if (java < javaNeeded) lacking.push(`Java ${javaNeeded} or later (Debian: default-jdk-headless, brew: openjdk)`);
  if (!find('mvn')) lacking.push('Maven (Debian and brew: maven)');
  return lacking.length === 0 ? undefined : `install ${lacking.join(' and ')}`;
}
