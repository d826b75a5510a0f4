/** Every benchmark, one after the other: `npm run bench`, or by name: `npm run bench -- run`. */
const BENCHES = ['firestore', 'growth', 'run', 'page', 'cold-start', 'loader', 'promised'];

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
for (const name of wanted.length > 0 ? wanted : BENCHES) {
  if (!BENCHES.includes(name))
    throw new Error(`There is no benchmark "${name}". There are: ${BENCHES.join(', ')}.`);
  process.stdout.write(`\n# ${name}\n`);
  await import(`./${name}.ts`);
}
