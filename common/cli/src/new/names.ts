import { Usage } from '../command/command';

/** A name in the three ways in which it is written. */
export interface Name {
  readonly kebab: string;
  readonly camel: string;
  readonly pascal: string;
}

/** Of a service: `order-history`. */
export function serviceName(given: string): Name {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(given) && given.length <= 32) return nameOf(given);
  throw new Usage(`${given}: a service is called by up to 32 small letters, digits and -, such as order-history`);
}

/** Of a message: `CreateTicket`. */
export function messageName(given: string): Name {
  if (/^[A-Z][A-Za-z0-9]{0,59}$/.test(given)) return nameOf(kebabOf(given));
  throw new Usage(`${given}: a message is called by up to 60 letters and digits, as a type is, such as CreateTicket`);
}

const kebabOf = (pascal: string): string => pascal.replace(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase();

function nameOf(kebab: string): Name {
  const pascal = kebab.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { kebab, pascal, camel: pascal[0]!.toLowerCase() + pascal.slice(1) };
}
