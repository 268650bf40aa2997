/**
 * Throws for what a literal says and its schema could not: an attribute that would not be kept, a name that cannot be one, a
 * part that is two different things. `owner` begins the message; `own` are attributes of the whole, besides those that
 * every record has.
 */
export function checkSchema(owner: string, schema: unknown, own: readonly string[] = ['aliases']): void {
  const whole: SchemaPath = { owner, path: '', defined: new Map() };
  checkRecord(whole, partOf(whole, schema), ['type', 'name', 'namespace', 'doc', 'fields', ...own]);
}

interface SchemaPath {
  readonly owner: string;
  readonly path: string;
  /** Parts by their full names: the second time, a schema only names them. */
  readonly defined: Map<string, unknown>;
}
type Part = Readonly<Record<string, unknown>>;

const plain: readonly unknown[] = ['boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
const logical: readonly unknown[] = ['long timestamp-millis', 'string uuid'];

function checkType(at: SchemaPath, type: unknown): void {
  if (plain.includes(type)) return;
  const part = partOf(at, type);
  if (part.type === 'array') {
    only(at, part, ['type', 'items']);
    checkType(below(at, '[]'), part.items);
  } else if (part.type === 'map') {
    only(at, part, ['type', 'values']);
    checkType(below(at, '{}'), part.values);
  } else if (part.type === 'record') checkRecord(at, part, ['type', 'name', 'namespace', 'doc', 'aliases', 'fields']);
  else if (part.type === 'enum') checkEnum(at, part);
  else if (logical.includes(`${part.type} ${part.logicalType}`)) only(at, part, ['type', 'logicalType']);
  else fail(at, `${shown(part)} is not a type that contracts know`);
}

function checkRecord(at: SchemaPath, part: Part, attributes: readonly string[]): void {
  only(at, part, attributes);
  if (!isFirst(at, part)) return;
  const names = listOf(at, part, 'fields').map((field) => {
    const { name } = partOf(at, field);
    return checkField(below(at, `.${String(name)}`), field as Part);
  });
  unique(at, names, 'field');
}

/** Every object has these before it has any field: neither avsc nor a program could tell whether one is there. */
const isInherited = (name: string): boolean => name in {};

function checkField(at: SchemaPath, field: Part): string {
  only(at, field, ['name', 'type', 'doc', 'default', 'aliases', 'sensitive']);
  if (field.sensitive !== undefined && field.sensitive !== true)
    fail(at, `"sensitive" is ${shown(field.sensitive)}: say true, or leave it out`);
  for (const name of [field.name, ...aliasesOf(at, field)]) {
    if (!isName(name)) fail(at, `${shown(name)} is not a name: letters, digits and _, no digit first`);
    if (isInherited(name)) fail(at, `every object has a property "${name}" already: call the field otherwise`);
  }
  const { type } = field;
  checkType(at, Array.isArray(type) && type.length === 2 && type[0] === 'null' ? type[1] : type);
  return field.name as string;
}

function checkEnum(at: SchemaPath, part: Part): void {
  only(at, part, ['type', 'name', 'namespace', 'doc', 'aliases', 'symbols', 'default']);
  if (!isFirst(at, part)) return;
  const symbols = listOf(at, part, 'symbols');
  for (const symbol of symbols)
    if (!isName(symbol)) fail(at, `${shown(symbol)} is not a symbol: letters, digits and _, no digit first`);
  if (symbols.length === 0) fail(at, 'an enum has at least one symbol');
  unique(at, symbols, 'symbol');
  if (part.default !== undefined && !symbols.includes(part.default))
    fail(at, `the default ${shown(part.default)} is not one of the symbols`);
}

/** Checks a part's names. False when the very same part was met before; another one of that name would be lost. */
function isFirst(at: SchemaPath, part: Part): boolean {
  const { name, namespace } = part;
  if (!isName(name)) fail(at, `${shown(name)} is not a name: letters, digits and _, no digit first`);
  if (!isFullName(namespace)) fail(at, `${shown(namespace)} is not a namespace: names with dots between them`);
  for (const alias of aliasesOf(at, part)) if (!isFullName(alias)) fail(at, `the alias ${shown(alias)} is not a name`);
  const fullName = `${namespace}.${name}`;
  const before = at.defined.get(fullName);
  if (before !== undefined && before !== part && JSON.stringify(before) !== JSON.stringify(part))
    fail(at, `${fullName} is another thing elsewhere in this schema: define it once, or give it another name`);
  at.defined.set(fullName, part);
  return before === undefined;
}

const isName = (name: unknown): name is string => typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name);
const isFullName = (name: unknown): boolean => typeof name === 'string' && name.split('.').every(isName);
const aliasesOf = (at: SchemaPath, part: Part): readonly unknown[] =>
  part.aliases === undefined ? [] : listOf(at, part, 'aliases');

const below = (at: SchemaPath, step: string): SchemaPath => ({ ...at, path: at.path + step });

function partOf(at: SchemaPath, value: unknown): Part {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail(at, `${shown(value)} is not a type that contracts know`);
  return value as Part;
}

function listOf(at: SchemaPath, part: Part, attribute: string): readonly unknown[] {
  const list = part[attribute];
  return Array.isArray(list) ? list : fail(at, `its ${attribute} have to be a list`);
}

function only(at: SchemaPath, part: Part, attributes: readonly string[]): void {
  for (const [name, value] of Object.entries(part))
    if (value !== undefined && !attributes.includes(name)) fail(at, `a schema does not keep "${name}": leave it out`);
}

function unique(at: SchemaPath, names: readonly unknown[], what: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail(at, `there are two ${what}s ${shown(twice)}`);
}

function fail({ owner, path }: SchemaPath, what: string): never {
  throw new Error(`${owner}${path && `, ${path.replace(/^\./, '')}`}: ${what}`);
}

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);
