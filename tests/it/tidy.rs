//! The rules of the house that a machine can keep.

use std::fs;
use std::path::{Path, PathBuf};

/// Which module of `src/` may use which; a module may always use itself and `base`.
const USES: [(&str, &[&str]); 9] = [
    ("base", &[]),
    ("playback", &[]),
    ("outbox", &[]),
    ("token", &[]),
    ("coupon", &["token"]),
    ("entitlement", &["token", "coupon"]),
    ("audience", &["playback", "outbox"]),
    // What a person left at the centre is a view's record.
    ("privacy", &["playback"]),
    ("wasm", &["privacy", "audience", "entitlement", "coupon", "playback", "outbox", "token"]),
];

/// A file that is longer is split by noun.
const LINES_MAX: usize = 500;

/// Names that say nothing.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helper", "helpers", "manager", "misc"];

fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let generated = [root.join("pkg/wasm"), root.join("pkg/dist")].contains(&path);
            if path.is_dir() && !generated && !path.ends_with("node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|e| ending == *e)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<PathBuf> {
    ["src", "www", "pkg", "tests"]
        .iter()
        .flat_map(|f| files(f, &["rs", "js", "mjs", "css", "html"]))
        .collect()
}

/// The module of `src/` that a file belongs to; none for `lib.rs`.
fn module_of(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).ok()?;
    let first = inside.iter().next()?.to_str()?;
    (first != "lib.rs").then(|| first.trim_end_matches(".rs").to_owned())
}

#[test]
fn a_module_uses_only_modules_below_it() {
    let rust = files("src", &["rs"]);
    assert!(rust.len() > 10);
    for path in rust {
        let Some(module) = module_of(&path) else { continue };
        let row = USES.iter().find(|(name, _)| *name == module);
        let (_, allowed) =
            row.unwrap_or_else(|| panic!("{module} has no row in the table of tests/it/tidy.rs"));
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String =
                    used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let may = used == module || used == "base" || allowed.contains(&used.as_str());
                assert!(may, "{}:{}: {module} may not use {used}", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn only_the_border_names_wasm_bindgen() {
    for path in files("src", &["rs"]) {
        let border = module_of(&path).is_some_and(|module| module == "wasm");
        let names = fs::read_to_string(&path).unwrap().lines().any(|line| {
            let code = line.split("//").next().unwrap_or("");
            code.contains("wasm_bindgen") || code.contains("JsValue")
        });
        assert!(
            border || !names,
            "{}: only src/wasm/ names wasm_bindgen or JsValue",
            path.display()
        );
    }
}

#[test]
fn plain_data_crosses_the_border_one_way() {
    for path in files("src", &["rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text.lines().filter(|line| !line.trim().starts_with("//")).collect();
        for way in [".to_rust()", "Ts::from_rust", ".into_ts()", "serde_wasm_bindgen"] {
            // A second way compiles every type a second time.
            assert!(!code.contains(way), "{}: `{way}` is `wasm::plain` here", path.display());
        }
    }
}

#[test]
fn nothing_outside_the_border_reads_a_clock_or_randomness() {
    for path in files("src", &["rs"]) {
        if module_of(&path).is_some_and(|module| module == "wasm") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in ["SystemTime", "Instant::now", "getrandom", "std::fs", "std::net", "std::env"] {
            assert!(
                !text.contains(word),
                "{}: `{word}` is the caller's to pass in",
                path.display()
            );
        }
    }
}

#[test]
fn files_are_short() {
    for path in sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LINES_MAX, "{}: {lines} lines, split it by noun", path.display());
    }
}

#[test]
fn files_are_named_by_nouns() {
    for path in sources() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let empty = name.split(['-', '_', '.']).any(|part| EMPTY_NAMES.contains(&part));
        assert!(!empty, "{}: name the file by what is in it", path.display());
    }
}

#[test]
fn a_source_has_a_test_at_the_same_path() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in files("src", &["rs"]) {
        let inside = path.strip_prefix(root.join("src")).unwrap().to_owned();
        // Declarations only; the border is tested through wasm in tests/js.
        let declares =
            inside.ends_with("mod.rs") || inside.ends_with("lib.rs") || inside.starts_with("wasm");
        let constants =
            ["base/limits.rs", "base/refusal.rs"].iter().any(|file| inside == Path::new(file));
        let test = root.join("tests/it").join(&inside);
        assert!(declares || constants || test.exists(), "{} is missing", test.display());
    }
}

#[test]
fn the_package_is_imported_by_its_name() {
    for folder in ["www", "tests/js", "tests/edge", "tests/browser"] {
        for path in files(folder, &["js", "mjs"]) {
            // The player's sources are what the package is made of.
            if path.starts_with(Path::new(env!("CARGO_MANIFEST_DIR")).join("www/player")) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let relative =
                text.lines().any(|line| line.contains("from \"") && line.contains("../pkg/"));
            assert!(!relative, "{}: import `usher`, not a path into pkg/", path.display());
        }
    }
}

#[test]
fn nothing_names_this_machine_or_a_registry() {
    // Written in halves, so that this file does not name them either.
    let hosts = [
        ("registry.npm", "js"),
        ("crates", ".io/"),
        ("py", "pi.org"),
        ("deb.", "debian.org"),
        ("/work", "/main"),
    ];
    let endings = ["rs", "js", "mjs", "json", "toml", "md", "css", "html", "capnp", "jsonc"];
    let tops =
        ["Cargo.toml", "Cargo.lock", "package.json", "package-lock.json", "README.md", "Makefile"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tops = tops.iter().map(|file| root.join(file));
    for path in ["src", "www", "pkg", "tests"].iter().flat_map(|f| files(f, &endings)).chain(tops) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        // Cargo writes its index into its lock file, under a name that is the same everywhere.
        let text = text.replace("registry+https://github.com/rust-lang/crates.io-index", "");
        for (one, other) in hosts {
            assert!(
                !text.contains(&format!("{one}{other}")),
                "{}: names {one}{other}",
                path.display()
            );
        }
    }
}
