// Builds static/vendor from node_modules: one bundle per file of scripts/vendor, the fonts, the licences.
// Nothing it writes is in git.
import { build } from 'esbuild';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}static/vendor`;
const sarabun = `${root}node_modules/@fontsource/sarabun`;
const packages = ['lit', 'lit-html', 'lit-element', '@lit/reactive-element', 'idb', '@fontsource/sarabun'];
// The letters of the PDF report: Thai and Latin, then what people at the tables may write besides.
const print = {
  sarabun: ['Sarabun_400Regular', 'Sarabun_700Bold'],
  'noto-sans-lao': ['NotoSansLao_400Regular', 'NotoSansLao_700Bold'],
  'noto-sans-khmer': ['NotoSansKhmer_400Regular', 'NotoSansKhmer_700Bold'],
  'noto-sans-myanmar': ['NotoSansMyanmar_400Regular', 'NotoSansMyanmar_700Bold'],
  'noto-emoji': ['NotoEmoji_400Regular'],
};

await rm(out, { recursive: true, force: true });
await mkdir(`${out}/fonts`, { recursive: true });
await mkdir(`${out}/print`, { recursive: true });
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
for (const [name, faces] of Object.entries(print)) {
  const from = `${root}node_modules/@expo-google-fonts/${name}`;
  for (const face of faces) await copyFile(`${from}/${face.split('_')[1]}/${face}.ttf`, `${out}/print/${face}.ttf`);
  await copyFile(`${from}/LICENSE_FONT`, `${out}/licences/print-${name}.txt`);
}
