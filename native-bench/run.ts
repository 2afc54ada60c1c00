/** `npm run bench -- <name …>`: measures, prints and writes native-bench/results. Without a name: which there are. */
import { readdirSync } from 'node:fs';
import path from 'node:path';

const BENCHES = path.join(__dirname, 'benches');
const known = readdirSync(BENCHES).map((file) => path.parse(file).name);

async function main(names: string[]): Promise<void> {
  const unknown = names.filter((name) => !known.includes(name));
  if (names.length === 0 || unknown.length > 0) {
    console.error(`Expected one or more of: ${known.join(', ')}`);
    process.exit(1);
  }
  for (const name of names) await require(path.join(BENCHES, name)).run();
}

void main(process.argv.slice(2)).then(() => process.exit(0));
