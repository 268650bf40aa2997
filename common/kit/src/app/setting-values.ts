import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';

// Kinds of values of environment variables. Each fault says what is wrong and what would be right, and never repeats the
// value: it may be a secret.

export const flag = (initially: '0' | '1', what: string) =>
  oneOf('0', '1')
    .default(initially)
    .describe(what)
    .transform((value) => value === '1');

export const oneOf = <const Names extends readonly string[]>(...names: Names) =>
  z.enum(names, { error: `has to be one of ${names.join(', ')}` });

/** In digits and nothing else: `1e3`, `0x10` and `1.0` are slips, not numbers. */
export const wholeNumber = ([min, max]: readonly [number, number], initially: number, what: string) => {
  const fault = `has to be a whole number from ${min} to ${max}, in digits`;
  return z
    .string()
    .regex(/^\d{1,9}$/, fault)
    .default(`${initially}`)
    .describe(what)
    .transform(Number)
    .refine((value) => value >= min && value <= max, fault);
};

/** A token that a header can hold, as a bearer: ASCII, with no blank at its ends. */
export const bearerToken = /^[!-~]([ -~]*[!-~])?$/;

/** Not trimmed, as all others are. */
export const secret = z
  .string()
  .regex(
    /^[^\u0000-\u001f\u007f]*$/,
    'has a line break or another control character in it, as a file may have at its end',
  );

export const host = z
  .string()
  .refine(
    (value) => isIP(value) > 0 || /^\w([\w-]*\w)?(\.\w([\w-]*\w)?)*\.?$/.test(value),
    'has to be the name or the address of an interface, such as 127.0.0.1 or ::1, and nothing else',
  );

/** What is no folder yet is made one. */
export const folder = z.string().superRefine((path, context) => {
  try {
    if (!statSync(path).isDirectory()) context.addIssue('is a file: name a folder');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // not by `throwIfNoEntry`: whether it takes a file on the way for no entry differs between versions of Node
    if (code !== 'ENOENT') context.addIssue(`cannot be used as a folder (${message}): name another`);
  }
});

/** A file of PEM certificates. */
export const certificates = z.string().superRefine((file, context) => {
  const fault = faultOfCertificates(file);
  if (fault) context.addIssue(fault);
});

const pem = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^]*?-----END \1-----/g;

function faultOfCertificates(file: string): string | undefined {
  let found: readonly string[];
  try {
    found = readFileSync(file, 'utf8').match(pem) ?? [];
  } catch (error) {
    return `cannot be read (${(error as Error).message}): name a file of PEM certificates`;
  }
  if (found.length === 0) return 'has no certificate in it: a PEM file says "-----BEGIN CERTIFICATE-----"';
  const broken = found.findIndex((certificate) => !isCertificate(certificate));
  return broken < 0
    ? undefined
    : `certificate ${broken + 1} of ${found.length} in it cannot be read: get the file anew`;
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false; // it says so in the words of OpenSSL
  }
}

const broker = z.string().regex(/^[\w.-]+:0*([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/, {
  error: 'a broker is host:port, with a port from 1 to 65535 and nothing before or behind it',
});

export const brokers = z
  .string({ error: 'set it to host:port, several with commas between them' })
  .transform((list) => list.split(',').map((each) => each.trim()))
  .pipe(z.array(broker))
  .superRefine((list, context) => {
    const seen = new Set<string>();
    for (const [index, each] of list.entries()) {
      if (seen.has(each.toLowerCase()))
        context.addIssue({ code: 'custom', path: [index], message: 'is there already' });
      seen.add(each.toLowerCase());
    }
  });

/** A URL of a server. */
export const address = (rules: AddressRules) =>
  z.string({ error: setIt(rules) }).superRefine((value, context) => {
    for (const fault of faultsOfAddress(value, rules)) context.addIssue(fault);
  });

interface AddressRules {
  readonly protocols: readonly string[];
  readonly example: string;
  readonly path: 'allowed' | 'none';
  readonly user: 'needed' | 'optional';
}
const setIt = ({ example }: AddressRules): string =>
  `set it to an address such as ${example}; within a user or a password, % is %25, @ is %40, : is %3A, / is %2F, ? is %3F and # is %23`;

function faultsOfAddress(value: string, rules: AddressRules): string[] {
  if (!URL.canParse(value)) return [setIt(rules)];
  const { protocol, hostname, port, username, password, pathname } = new URL(value);
  if (!rules.protocols.includes(protocol) || hostname === '') return [setIt(rules)];
  const faults: string[] = [];
  if (![username, password].every(isDecodable))
    faults.push('its user or password has a % that stands for no character: % itself is %25');
  else if (rules.user === 'optional' && decodeURIComponent(username).includes(':'))
    faults.push('its user has a colon in it, and no server could tell where the password begins');
  if (username === '' && rules.user === 'needed') faults.push(`it has no user: ${setIt(rules)}`);
  if (username === '' && rules.user === 'optional' && password !== '') faults.push('it has a password and no user');
  if (rules.path === 'none' && pathname.length > 1) faults.push('it has a path behind the host: leave that out');
  if (/[?#]/.test(value))
    faults.push('it has a ? or a # in it: leave out what is behind it, or write it as %3F or %23');
  if (port === '0') faults.push('nothing listens on port 0: name another');
  return faults;
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text).length >= 0;
  } catch {
    return false; // a percent sign without two digits, or bytes that are no UTF-8
  }
}
