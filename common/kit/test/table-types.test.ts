import { boolean, bytes, type Column, integer, json, nullable, table, text, datetime } from 'saga-kit/service';
import { compiled } from './compiled';

type With<Value> = { readonly id: string; readonly a: Value };
interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}

test('a column that fits its property compiles', () =>
  compiled(() => {
    table<With<string>>('t', { id: text, a: text });
    table<With<'RED' | 'BLUE'>>('t', { id: text, a: text });
    table<With<'RED' | 'BLUE' | null>>('t', { id: text, a: nullable(text) });
    table<With<number>, number>('t', { id: text, a: integer });
    table<With<1 | 2>>('t', { id: text, a: integer });
    table<With<boolean>>('t', { id: text, a: boolean });
    table<With<true | null>>('t', { id: text, a: nullable(boolean) });
    table<With<Date | null>>('t', { id: text, a: nullable(datetime) });
    table<With<Buffer | null>>('t', { id: text, a: nullable(bytes) });
    table<With<readonly { readonly x: number; readonly y?: string }[]>>('t', { id: text, a: json });
    table<With<Readonly<Record<string, string | null>>>>('t', { id: text, a: json });
    table<With<Tree>>('t', { id: text, a: json });
    table<With<Tree | null>>('t', { id: text, a: nullable(json) });
    table<With<unknown>>('t', { id: text, a: json });
    const big: Column<bigint> = { type: { kind: 'integer' }, write: String, read: (stored: string) => BigInt(stored) };
    table<With<bigint>>('t', { id: text, a: big });
    table<With<bigint | null>>('t', { id: text, a: nullable(big) });
  }));

test('a column that does not fit its property does not compile', () =>
  compiled(() => {
    // @ts-expect-error a text for a number
    table<With<number>>('t', { id: text, a: text });
    // @ts-expect-error a text for a number that may be null
    table<With<number | null>>('t', { id: text, a: nullable(text) });
    // @ts-expect-error a text for a time
    table<With<Date>>('t', { id: text, a: text });
    // @ts-expect-error a text for a list
    table<With<readonly string[]>>('t', { id: text, a: text });
    // @ts-expect-error a number for a text
    table<With<string>>('t', { id: integer, a: text });
    // @ts-expect-error a number for one of some texts
    table<With<'RED' | 'BLUE'>>('t', { id: text, a: integer });
    // @ts-expect-error a number for a flag
    table<With<boolean>>('t', { id: text, a: integer });
    // @ts-expect-error a number for a time
    table<With<Date>>('t', { id: text, a: integer });
    // @ts-expect-error bytes for a text
    table<With<string>>('t', { id: text, a: bytes });
    // @ts-expect-error a flag for a text
    table<With<string>>('t', { id: text, a: boolean });
    // @ts-expect-error any number of types at once
    table<With<string | number>>('t', { id: text, a: text });
  }));

test('a column may be null where its property may, and only there', () =>
  compiled(() => {
    // @ts-expect-error a text that may be null
    table<With<string | null>>('t', { id: text, a: text });
    // @ts-expect-error a text that may not
    table<With<string>>('t', { id: text, a: nullable(text) });
    // @ts-expect-error a number that may be null
    table<With<number | null>>('t', { id: text, a: integer });
    // @ts-expect-error a number that may not
    table<With<number>>('t', { id: text, a: nullable(integer) });
    // @ts-expect-error a list that may be null
    table<With<string[] | null>>('t', { id: text, a: json });
    // @ts-expect-error a list that may not
    table<With<string[]>>('t', { id: text, a: nullable(json) });
    // @ts-expect-error a property that may be missing: a column cannot
    table<{ readonly id: string; readonly a?: string }>('t', { id: text, a: text });
  }));

test('what JSON would not bring back as it was does not compile in a column of it', () =>
  compiled(() => {
    // @ts-expect-error a text
    table<With<string>>('t', { id: text, a: json });
    // @ts-expect-error a number
    table<With<number>>('t', { id: text, a: json });
    // @ts-expect-error a text or a list
    table<With<string | string[]>>('t', { id: text, a: json });
    // @ts-expect-error a time, which would come back as a text
    table<With<Date>>('t', { id: text, a: json });
    // @ts-expect-error a time in an object in a list
    table<With<readonly { readonly at: Date | null }[]>>('t', { id: text, a: json });
    // @ts-expect-error bytes, which would come back as an object
    table<With<{ readonly picture?: Buffer }>>('t', { id: text, a: json });
    // @ts-expect-error a set, which would come back empty
    table<With<ReadonlySet<string>>>('t', { id: text, a: json });
    // @ts-expect-error a number that JSON does not know
    table<With<readonly bigint[]>>('t', { id: text, a: json });
  }));
