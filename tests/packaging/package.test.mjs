// @ts-check
// The package as a stranger gets it: packed by npm and installed into an empty project.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

const TSC = resolve("node_modules/.bin/tsc");
const ENTRIES = {
  player: "usher",
  edge: "usher/edge",
  rights: "usher/rights",
  collector: "usher/collector",
  office: "usher/office",
};
/** Entry points that share the player's module, and what each gives. */
const ADAPTERS = {
  hls: "attachHls",
  shaka: "attachShaka",
  dash: "attachDash",
  "video-js": "attachVideoJs",
  element: "UsherMonitor",
};

/** The project of the stranger. */
let project = "";
/** The package inside it. */
let installed = "";

before(() => {
  project = mkdtempSync(join(realpathSync(tmpdir()), "usher-package-"));
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", project], {
    cwd: "pkg",
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const tarball = /"filename": "([^"]+)"/.exec(packed)?.[1] ?? "";
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], {
    cwd: project,
    stdio: "ignore",
  });
  installed = join(project, "node_modules/usher");
});
after(() => rmSync(project, { recursive: true, force: true }));

test("the_tarball_holds_the_builds_their_types_and_the_papers_only", () => {
  const expected =
    /^(package\.json|README\.md|LICENSE-(MIT|APACHE)|dist\/(player|edge|rights|collector|office)\.(js|js\.map|wasm)|dist\/(hls|shaka|dash|video-js|element|monitor|cmcd|entitlement)\.(js|js\.map)|dist\/types\/.+\.d\.ts)$/;
  assert.deepEqual(
    files(installed).filter((file) => !expected.test(file)),
    [],
  );
  for (const build of Object.keys(ENTRIES)) {
    for (const file of [`dist/${build}.js`, `dist/${build}.wasm`]) {
      assert.ok(files(installed).includes(file), `${file} is missing`);
    }
  }
});

test("readme_and_licences_are_in_the_tarball", () => {
  for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
    assert.ok(files(installed).includes(file), `${file} is missing`);
  }
});

test("no_file_names_a_path_of_the_machine_that_built_it", () => {
  const places = [process.cwd(), homedir(), process.env.CARGO_HOME, ".cargo/", `@${hostname()}`];
  const found = files(installed).flatMap((file) => {
    const bytes = readFileSync(join(installed, file));
    return places
      .filter((place) => place && bytes.includes(place))
      .map((place) => `${file}: ${place}`);
  });
  assert.deepEqual(found, []);
});

for (const [build, entry] of Object.entries(ENTRIES)) {
  test(`${build}_is_imported_and_initialised_in_node_by_its_name`, () => {
    const lines = [
      `import { readFileSync } from "node:fs";`,
      `import { createRequire } from "node:module";`,
      `import { init } from "${entry}";`,
      `const module = createRequire(import.meta.url).resolve("usher/${build}.wasm");`,
      `await init(readFileSync(module));`,
      `console.log(typeof init);`,
    ];
    const file = join(project, `${build}.mjs`);
    writeFileSync(file, lines.join("\n"));
    const said = execFileSync(process.execPath, [file], { cwd: project, encoding: "utf8" });
    assert.equal(said.trim(), "function");
  });
}

for (const [adapter, name] of Object.entries(ADAPTERS)) {
  test(`${adapter}_shares_the_player_and_is_imported_where_there_is_no_page`, () => {
    const lines = [
      `import { ${name} } from "usher/${adapter}";`,
      `const attach = ${name};`,
      `console.log(typeof attach);`,
    ];
    const file = join(project, `${adapter}.mjs`);
    writeFileSync(file, lines.join("\n"));
    const said = execFileSync(process.execPath, [file], { cwd: project, encoding: "utf8" });
    assert.equal(said.trim(), "function");
    const script = readFileSync(join(installed, `dist/${adapter}.js`), "utf8");
    assert.match(script, /^import\{[^}]+\}from"\.\/player\.js";/);
  });
}

test("cmcd_carries_no_player_and_is_imported_where_there_is_no_page", () => {
  const lines = [
    `import { cmcdTarget } from "usher/cmcd";`,
    `const { hls } = cmcdTarget({ endpoint: "https://edge.example/v1/cmcd", title: "plan-9" });`,
    `console.log(hls.contentId);`,
  ];
  const file = join(project, "cmcd.mjs");
  writeFileSync(file, lines.join("\n"));
  const said = execFileSync(process.execPath, [file], { cwd: project, encoding: "utf8" });
  assert.equal(said.trim(), "plan-9");
  assert.doesNotMatch(readFileSync(join(installed, "dist/cmcd.js"), "utf8"), /import|wasm/);
});

test("entitlement_carries_no_module_and_is_imported_where_there_is_no_page", () => {
  const lines = [
    `import { reasonText } from "usher/entitlement";`,
    `console.log(reasonText("ACCOUNT_CLOSED", {}, "es"));`,
  ];
  const file = join(project, "entitlement.mjs");
  writeFileSync(file, lines.join("\n"));
  const said = execFileSync(process.execPath, [file], { cwd: project, encoding: "utf8" });
  assert.equal(said.trim(), "Esta cuenta está cerrada.");
  const script = readFileSync(join(installed, "dist/entitlement.js"), "utf8");
  assert.deepEqual(script.match(/import\("[^"]+"\)|from"[^"]+"/g), [`import("./rights.js")`]);
});

for (const [module, moduleResolution] of [
  ["esnext", "bundler"],
  ["nodenext", "nodenext"],
]) {
  test(`the_types_resolve_with_${moduleResolution}`, () => {
    const folder = join(project, `types-${moduleResolution}`);
    mkdirSync(folder);
    const lines = Object.entries(ENTRIES).flatMap(([build, entry]) => [
      `import * as ${build} from "${entry}";`,
      `export const ${build}_init: (source: BufferSource) => Promise<unknown> = ${build}.init;`,
      // An entry without types would be \`any\`, to which everything could be assigned.
      `type ${build}_is_any = 0 extends 1 & typeof ${build} ? true : false;`,
      `export const ${build}_has_types: false = false satisfies ${build}_is_any;`,
    ]);
    lines.push(
      `import { attachHls } from "usher/hls";`,
      `import { attachShaka } from "usher/shaka";`,
      `import { attachDash } from "usher/dash";`,
      `import { attachVideoJs } from "usher/video-js";`,
      `import { UsherMonitor } from "usher/element";`,
      `import { Entitlement } from "usher/entitlement";`,
      `type Session = player.Session | null;`,
      `type Adapter = (player: never, options: player.SessionOptions) => { session: Session };`,
      `export const adapters: Adapter[] = [attachHls, attachShaka, attachDash, attachVideoJs];`,
      `export const decided = (entitlement: Entitlement) => entitlement.decision?.reasons;`,
      `export const session = (monitor: UsherMonitor): Session => monitor.session;`,
    );
    writeFileSync(join(folder, "page.ts"), lines.join("\n"));
    const compilerOptions = {
      module,
      moduleResolution,
      target: "es2022",
      lib: ["es2022", "dom"],
      types: [],
      strict: true,
      noEmit: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const { stdout } = spawnSync(TSC, ["--project", folder], { cwd: project, encoding: "utf8" });
    assert.equal(stdout, "");
  });
}

/** @param {string} folder */
function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}
