//! Where a long run stands, in a file: so that it can be stopped and resumed.
//!
//! A run is known by its first seed, by what is asked of each (`--operations 2000`) and by the
//! build that runs it; each has a file of its own in the folder `runs`. So nothing is resumed by
//! what asks something else, and figures of two builds are never added. Of two runs of one name
//! the file keeps the one that came further: a short run takes nothing from a long one.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Which run it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunName {
    /// Its first seed.
    pub from: u64,
    /// What is asked of each seed, as options.
    pub asked: Vec<String>,
    /// The program that runs it.
    pub build: Build,
}

/// Which program a run was made by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// The version of its package.
    pub version: String,
    /// A hash of all bytes of the program, and of the others that it runs.
    pub hash: String,
}

/// How far a run has come. All seeds from the first to below `next` are done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress<T> {
    /// How this file is written.
    format: u32,
    /// Which run it is.
    pub run: RunName,
    /// The seed to go on with.
    pub next: u64,
    /// How much of it is done, in what the run is counted by.
    pub done: u64,
    /// Time it took, in milliseconds.
    pub took_ms: u64,
    /// What there was in it.
    pub tally: T,
}

impl Build {
    /// The program that runs now, with others that its results depend on.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn running(others: &[&Path]) -> Result<Self> {
        // By its file, which may have another name, or none, by now.
        let own = PathBuf::from("/proc/self/exe");
        let own = if own.exists() {
            own
        } else {
            std::env::current_exe()?
        };
        let mut hasher = DefaultHasher::new();
        for path in [own.as_path()].iter().chain(others) {
            let bytes =
                fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            hasher.write(&bytes);
        }
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            hash: format!("{:016x}", hasher.finish()),
        })
    }
}

impl RunName {
    /// The file that it is kept in, below a folder.
    pub fn path(&self, folder: &Path) -> PathBuf {
        let mut name = format!("from-{}", self.from);
        for option in &self.asked {
            let word = option.trim_start_matches('-').replace(' ', "-");
            name += &format!("-{word}");
        }
        folder
            .join(RUNS)
            .join(format!("{name}-build-{}.json", self.build.hash))
    }
}

impl<T: Default + Serialize + DeserializeOwned> Progress<T> {
    /// Before the first seed.
    pub fn new(run: RunName) -> Self {
        Self {
            format: FORMAT,
            next: run.from,
            run,
            done: 0,
            took_ms: 0,
            tally: T::default(),
        }
    }

    /// What was saved of a run; `command` is how a new one would begin at a seed.
    ///
    /// # Errors
    /// When nothing was, with what else there is.
    pub fn resume(folder: &Path, run: &RunName, command: impl Fn(u64) -> String) -> Result<Self> {
        let path = run.path(folder);
        if let Some(progress) = Self::read(&path)? {
            ensure!(progress.run == *run, "{} is of another run", path.display());
            return Ok(progress);
        }
        let asked = match run.asked.is_empty() {
            true => String::new(),
            false => format!(" with {}", run.asked.join(" ")),
        };
        let mut text = format!(
            "nothing to resume: no run from seed {}{asked} by this build ({} {}) is saved in {}",
            run.from,
            run.build.version,
            run.build.hash,
            folder.display()
        );
        for other in saved(folder) {
            text += &format!("\n  there is {}", other.described());
            if (other.run.from, &other.run.asked) == (run.from, &run.asked) {
                text += &format!(
                    "; figures of two builds are not added. To go on there with figures of \
                     their own: {}",
                    command(other.next)
                );
            }
        }
        if folder.join(OLD_STATE).exists() {
            text += &format!(
                "\n  {} is of an older version, which did not say by which build and with which \
                 options: it is not resumed",
                folder.join(OLD_STATE).display()
            );
        }
        bail!(text)
    }

    /// Saves it, whole or not at all; and not over a run of its name that has come further.
    /// Answers whether it was.
    ///
    /// # Errors
    /// When the disk does not take it, or what is there is no saved run.
    pub fn save(&self, folder: &Path) -> Result<bool> {
        let path = self.run.path(folder);
        if Self::read(&path)?.is_some_and(|saved| saved.done > self.done) {
            return Ok(false);
        }
        let unfinished = path.with_extension("tmp");
        let write = || -> io::Result<()> {
            fs::create_dir_all(folder.join(RUNS))?;
            let mut file = fs::File::create(&unfinished)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(true)
    }

    /// Whether there is a file of this run.
    pub fn is_saved(&self, folder: &Path) -> bool {
        self.run.path(folder).exists()
    }

    fn read(path: &Path) -> Result<Option<Self>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        let progress: Self = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is no saved run; delete it", path.display()))?;
        ensure!(
            progress.format == FORMAT,
            "{} has format {}, and this program reads {FORMAT}; delete it",
            path.display(),
            progress.format
        );
        Ok(Some(progress))
    }

    fn described(&self) -> String {
        let mut text = format!("one from seed {}", self.run.from);
        for option in &self.run.asked {
            text += &format!(" {option}");
        }
        format!(
            "{text} by build {} {}, which is to go on with seed {}",
            self.run.build.version, self.run.build.hash, self.next
        )
    }
}

/// All runs that are saved in a folder, by name; what is none is left out.
fn saved(folder: &Path) -> Vec<Progress<serde_json::Value>> {
    let Ok(entries) = fs::read_dir(folder.join(RUNS)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| Progress::read(path).ok().flatten())
        .collect()
}

/// Raised when what is in the file changes.
const FORMAT: u32 = 1;
/// The folder of all runs, in the one that a person named.
const RUNS: &str = "runs";
/// What the runs of older versions wrote.
const OLD_STATE: &str = "state.json";

#[cfg(test)]
mod tests {
    use super::*;

    fn run(asked: &[&str], hash: &str) -> RunName {
        RunName {
            from: 7,
            asked: asked.iter().map(ToString::to_string).collect(),
            build: Build {
                version: "1".to_owned(),
                hash: hash.to_owned(),
            },
        }
    }

    fn progress(run: RunName, done: u64) -> Progress<Vec<u64>> {
        let mut progress: Progress<Vec<u64>> = Progress::new(run);
        progress.next += done;
        progress.done = done;
        progress.tally.push(done);
        progress
    }

    fn resume(folder: &Path, run: &RunName) -> Result<Progress<Vec<u64>>> {
        Progress::resume(folder, run, |seed| format!("begin --from {seed}"))
    }

    #[test]
    fn what_is_saved_is_resumed() {
        let folder = tempfile::tempdir().expect("a folder");
        let long = progress(run(&[], "aa"), 100);
        assert!(!long.is_saved(folder.path()));
        assert!(long.save(folder.path()).expect("it is saved") && long.is_saved(folder.path()));
        assert_eq!(
            resume(folder.path(), &run(&[], "aa")).expect("it is there"),
            long
        );
        fs::write(long.run.path(folder.path()), "{").expect("it is written");
        let error = resume(folder.path(), &run(&[], "aa")).expect_err("it is none");
        assert!(error.to_string().contains("no saved run"), "{error}");
    }

    #[test]
    fn a_short_run_takes_nothing_from_a_long_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let long = progress(run(&[], "aa"), 100);
        assert!(long.save(folder.path()).expect("it is saved"));
        for short in [progress(run(&[], "aa"), 9), progress(run(&[], "aa"), 0)] {
            assert!(!short.save(folder.path()).expect("nothing is wrong"));
        }
        assert!(
            progress(run(&[], "bb"), 9)
                .save(folder.path())
                .expect("it is saved")
        );
        assert!(
            progress(run(&["--operations 5"], "aa"), 9)
                .save(folder.path())
                .expect("saved")
        );
        assert_eq!(
            resume(folder.path(), &run(&[], "aa")).expect("it is there"),
            long
        );
        let longer = progress(run(&[], "aa"), 101);
        assert!(longer.save(folder.path()).expect("it is saved"));
        assert_eq!(
            resume(folder.path(), &run(&[], "aa")).expect("it is there"),
            longer
        );
    }

    #[test]
    fn a_run_is_not_mixed_with_one_that_asks_something_else() {
        let folder = tempfile::tempdir().expect("a folder");
        progress(run(&[], "aa"), 100)
            .save(folder.path())
            .expect("it is saved");
        let asked = run(&["--operations 5"], "aa");
        let error = resume(folder.path(), &asked)
            .expect_err("there is none")
            .to_string();
        assert!(error.contains("from seed 7 with --operations 5"), "{error}");
        assert!(
            error.contains("there is one from seed 7 by build 1 aa"),
            "{error}"
        );
        assert!(!error.contains("two builds"), "{error}");
    }

    #[test]
    fn figures_of_two_builds_are_not_added() {
        let folder = tempfile::tempdir().expect("a folder");
        progress(run(&[], "aa"), 100)
            .save(folder.path())
            .expect("it is saved");
        fs::write(folder.path().join(OLD_STATE), "{}").expect("it is written");
        let error = resume(folder.path(), &run(&[], "bb"))
            .expect_err("none")
            .to_string();
        assert!(error.contains("by this build (1 bb)"), "{error}");
        assert!(
            error.contains("figures of two builds are not added"),
            "{error}"
        );
        assert!(error.contains("begin --from 107"), "{error}");
        assert!(
            error.contains("state.json is of an older version"),
            "{error}"
        );
    }

    #[test]
    fn a_build_is_told_by_its_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let other = folder.path().join("server");
        fs::write(&other, "one").expect("it is written");
        let one = Build::running(&[&other]).expect("it can be read");
        assert_eq!(one, Build::running(&[&other]).expect("it can be read"));
        fs::write(&other, "two").expect("it is written");
        assert_ne!(one, Build::running(&[&other]).expect("it can be read"));
        assert_ne!(one, Build::running(&[]).expect("it can be read"));
    }
}
