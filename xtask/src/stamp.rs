//! Stamps: a fingerprint of a build's inputs, kept beside its output, tells whether it is current.

use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

/// The fingerprint of a set of files and settings.
///
/// The hash needs to agree only with itself on one machine: when another compiler hashes
/// differently, the answer is one build too many, never one too few.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

impl Stamp {
    /// Reads the given files and folders (whole, in name order) and the given settings.
    ///
    /// A path that does not exist counts as such. Folders that hold no input of a build are
    /// left out: `target`, `node_modules`, `tests` and those whose name starts with a dot.
    pub(crate) fn of(root: &Path, paths: &[&str], settings: &[&str]) -> Result<Stamp> {
        let mut hasher = DefaultHasher::new();
        settings.hash(&mut hasher);
        for path in paths {
            add(&root.join(path), &mut hasher)?;
        }
        Ok(Stamp(hasher.finish()))
    }

    /// Whether `file` holds this stamp.
    pub(crate) fn is_in(&self, file: &Path) -> bool {
        fs::read_to_string(file).is_ok_and(|text| text.trim() == self.text())
    }

    /// Writes this stamp to `file`.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        fs::write(file, self.text() + "\n")
            .with_context(|| format!("cannot write {}", file.display()))
    }

    fn text(&self) -> String {
        format!("{:016x}", self.0)
    }
}

/// Adds a file's name and content, or a folder's entries in the order of their names.
fn add(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.file_name().hash(hasher);
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|entry| entry.file_name());
        for entry in entries {
            if !is_left_out(&entry.file_name()) {
                add(&entry.path(), hasher)?;
            }
        }
    } else if path.exists() {
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        content.hash(hasher);
    }
    Ok(())
}

fn is_left_out(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with('.') || matches!(&*name, "target" | "node_modules" | "tests")
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn a_stamp_changes_with_content_name_and_settings_and_not_with_what_is_left_out() {
        let root = env::temp_dir().join(format!("quorate-stamp-{}", std::process::id()));
        fs::create_dir_all(root.join("src/node_modules")).expect("a folder to test in");
        let write = |name: &str, text: &str| {
            fs::write(root.join(name), text).expect("a file to test with");
        };
        let stamp = |settings: &[&str]| Stamp::of(&root, &["src"], settings).expect("readable");

        write("src/a.rs", "one");
        let first = stamp(&[]);
        write("src/node_modules/m.js", "x");
        assert_eq!(first, stamp(&[]));
        assert_ne!(first, stamp(&["other compiler"]));
        write("src/a.rs", "two");
        assert_ne!(first, stamp(&[]));
        write("src/a.rs", "one");
        assert_eq!(first, stamp(&[]));
        fs::rename(root.join("src/a.rs"), root.join("src/b.rs")).expect("renamed");
        assert_ne!(first, stamp(&[]));

        let kept = root.join("stamp");
        assert!(!first.is_in(&kept));
        first.write(&kept).expect("written");
        assert!(first.is_in(&kept) && !stamp(&[]).is_in(&kept));
        fs::remove_dir_all(&root).expect("removed");
    }
}
