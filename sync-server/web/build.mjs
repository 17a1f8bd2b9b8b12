// Bundles the dashboard with the packages installed in one folder and writes everything as one C++ source.
// node build.mjs <folder with node_modules> <output.cpp, or a folder for the files themselves>
import { createRequire } from "node:module";
import { readFileSync, writeFileSync, readdirSync, mkdirSync } from "node:fs";
import { join, resolve, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const work = resolve(process.argv[2] ?? here);
const output = resolve(process.argv[3] ?? join(work, "embedded.cpp"));
const esbuild = createRequire(join(work, "package.json"))("esbuild");

const built = await esbuild.build({
  absWorkingDir: here,
  entryPoints: { app: "src/app.js", style: "src/style.css" },
  nodePaths: [join(work, "node_modules")],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2021", "chrome100", "firefox100", "safari15.4"],
  loader: { ".woff2": "file", ".json": "json" },
  assetNames: "assets/[name]-[hash]",
  external: ["*.woff"],
  publicPath: "/",
  outdir: join(work, "dist"),
  write: false,
  legalComments: "none",
  logLevel: "warning",
});

const files = built.outputFiles.map((file) => ({
  path: file.path.slice(join(work, "dist").length).replaceAll("\\", "/"),
  body: Buffer.from(file.contents),
}));
for (const name of readdirSync(join(here, "static")))
  files.push({ path: "/" + name, body: readFileSync(join(here, "static", name)) });
files.sort((a, b) => (a.path < b.path ? -1 : 1));

if (!output.endsWith(".cpp")) {
  for (const file of files) {
    mkdirSync(dirname(join(output, file.path)), { recursive: true });
    writeFileSync(join(output, file.path), file.body);
  }
  process.exit(0);
}

let text = '#include "sync-server/web/embedded.hpp"\nnamespace waymark::server::web {\nnamespace {\n';
files.forEach((file, i) => {
  text += `constexpr unsigned char k${i}[] = {${[...file.body, 0].join(",")}};\n`;
});
text += "}  // namespace\nstd::span<const EmbeddedFile> files() {\n  static const EmbeddedFile all[] = {\n";
files.forEach((file, i) => {
  text += `    {${JSON.stringify(file.path)}, {reinterpret_cast<const char*>(k${i}), ${file.body.length}}},\n`;
});
text += "  };\n  return all;\n}\n}  // namespace waymark::server::web\n";
writeFileSync(output, text);
const total = files.reduce((sum, file) => sum + file.body.length, 0);
console.log(`dashboard: ${files.length} files, ${Math.round(total / 1024)} kB`);
