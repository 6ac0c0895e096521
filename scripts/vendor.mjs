// Builds static/vendor from node_modules: one bundle per file of scripts/vendor, the fonts, the licences.
// Nothing it writes is in git.
import { build } from 'esbuild';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}static/vendor`;
const sarabun = `${root}node_modules/@fontsource/sarabun`;
const packages = ['lit', 'lit-html', 'lit-element', '@lit/reactive-element', 'idb', '@fontsource/sarabun'];

await rm(out, { recursive: true, force: true });
await mkdir(`${out}/fonts`, { recursive: true });
await mkdir(`${out}/licences`, { recursive: true });

const entries = (await readdir(`${root}scripts/vendor`)).filter((name) => name.endsWith('.js'));
await build({
  entryPoints: entries.map((name) => `${root}scripts/vendor/${name}`),
  outdir: out,
  bundle: true,
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  format: 'esm',
  target: 'es2022',
  legalComments: 'eof',
  logLevel: 'warning',
});

const ranges = JSON.parse(await readFile(`${sarabun}/unicode.json`, 'utf8'));
const faces = [];
for (const weight of [400, 700]) {
  for (const script of ['thai', 'latin']) {
    const file = `sarabun-${script}-${weight}-normal.woff2`;
    await copyFile(`${sarabun}/files/${file}`, `${out}/fonts/${file}`);
    faces.push(`@font-face {
  font-family: "Sarabun";
  font-style: normal;
  font-weight: ${weight};
  font-display: swap;
  src: url("${file}") format("woff2");
  unicode-range: ${ranges[script]};
}`);
  }
}
await writeFile(`${out}/fonts/fonts.css`, `${faces.join('\n')}\n`);

for (const name of packages) {
  await copyFile(`${root}node_modules/${name}/LICENSE`, `${out}/licences/${name.replace('/', '-')}.txt`);
}
