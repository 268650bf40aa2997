// Prints how full each room is: its files, its longest file and its longest function, in lines.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = execFileSync('git', ['ls-files', '*/src/*.ts'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return { file, room: dirname(file), lines: text.split('\n').length - 1, longest: longestIn(file, text) };
  });

const rooms = new Map();
for (const file of files) rooms.set(file.room, [...(rooms.get(file.room) ?? []), file]);
const most = (list, of) => list.reduce((one, other) => (of(other) > of(one) ? other : one));
const width = Math.max(...[...rooms.keys()].map((room) => room.length));
for (const [room, own] of [...rooms].sort()) {
  const file = most(own, ({ lines }) => lines);
  const { longest } = most(own, (each) => each.longest.lines);
  const name = file.file.slice(room.length + 1);
  console.log(
    `${room.padEnd(width)}  ${String(own.length).padStart(3)} files, longest ${String(file.lines).padStart(3)} (${name}), function ${longest.lines} (${longest.name})`,
  );
}

function longestIn(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  let longest = { name: '-', lines: 0 };
  const look = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const at = (position) => source.getLineAndCharacterOfPosition(position).line;
      const lines = at(node.end) - at(node.getStart(source)) + 1;
      const name = node.name?.getText(source) ?? node.parent?.name?.getText(source) ?? 'without a name';
      if (lines > longest.lines) longest = { name, lines };
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return longest;
}
