//! A line for each seed that was run, in a file that holds each of them once.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// The file, if one is wanted.
#[derive(Debug, Default)]
pub struct Log {
    file: Option<File>,
}

/// Where a resumed run goes on in its log.
#[derive(Clone, Copy, Debug)]
pub struct GoOn {
    /// The seed to go on with. Lines of it and of later ones were written after the run's state
    /// was saved for the last time, and will be written again: they are cut off.
    pub next: u64,
    /// Whether each seed before has a line, so that the last one is known.
    pub is_complete: bool,
    /// The seed that a line speaks of.
    pub seed_of: fn(&str) -> Option<u64>,
}

impl Log {
    /// Opens it, for a new run or to go on; without a path nothing is written.
    ///
    /// # Errors
    /// When a new run finds lines in it, or a resumed one those of another; or the disk refuses.
    pub fn open(path: Option<&Path>, go_on: Option<GoOn>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let cannot = || format!("cannot write the log {}", path.display());
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).with_context(cannot)?;
        let is_file = file.metadata().with_context(cannot)?.is_file();
        match go_on {
            // A pipe, a terminal, /dev/null: nothing stands in it.
            _ if !is_file => {}
            Some(go_on) => {
                let mut text = String::new();
                file.read_to_string(&mut text).with_context(cannot)?;
                let kept = go_on
                    .kept(&text)
                    .with_context(|| format!("{} is not the log of this run", path.display()))?;
                file.set_len(kept as u64).with_context(cannot)?;
                file.seek(SeekFrom::End(0)).with_context(cannot)?;
            }
            None => ensure!(
                file.metadata().with_context(cannot)?.len() == 0,
                "{} is the log of another run: name another file, delete this one, or go on with \
                 that run by --resume",
                path.display()
            ),
        }
        Ok(Self { file: Some(file) })
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn line(&mut self, line: &str) -> Result<()> {
        self.on_file(|file| writeln!(file, "{line}"))
    }

    /// Brings all lines to the disk: a saved state may not know of seeds that its log lacks.
    ///
    /// # Errors
    /// When the disk does not take them.
    pub fn sync(&mut self) -> Result<()> {
        self.on_file(|file| match file.sync_data() {
            // A pipe has no disk.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            result => result,
        })
    }

    fn on_file(&mut self, act: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
        self.file
            .as_mut()
            .map_or(Ok(()), act)
            .context("cannot write the log")
    }
}

impl GoOn {
    /// How many bytes of a log stay.
    fn kept(&self, text: &str) -> Result<usize> {
        let (mut kept, mut last) = (0, None);
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let is_whole = line.ends_with('\n');
            match (self.seed_of)(line.trim_end()) {
                Some(seed) if is_whole && seed < self.next => last = Some(seed),
                None if is_whole => bail!("line {} speaks of no seed", number + 1),
                _ => break,
            }
            kept += line.len();
        }
        if let (true, Some(last)) = (self.is_complete, last) {
            ensure!(
                last.checked_add(1) == Some(self.next),
                "it ends with seed {last}, and the run goes on with seed {}",
                self.next
            );
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn go_on(next: u64) -> Option<GoOn> {
        let seed_of = |line: &str| line.split(' ').next()?.parse().ok();
        let is_complete = true;
        Some(GoOn {
            next,
            is_complete,
            seed_of,
        })
    }

    #[test]
    fn a_resumed_run_has_each_seed_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let mut log = Log::open(Some(&path), None).expect("a new one");
        for line in ["4 passed", "5 passed", "6 passed", "7 pas"] {
            log.line(line).expect("it is written");
        }
        log.sync().expect("it is synced");
        // The state knew of seed 4 alone when the process was killed.
        let mut log = Log::open(Some(&path), go_on(5)).expect("its own");
        log.line("5 passed").expect("it is written");
        assert_eq!(
            fs::read_to_string(&path).expect("it is read"),
            "4 passed\n5 passed\n"
        );
    }

    #[test]
    fn a_line_that_was_cut_short_is_written_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        fs::write(&path, "4 passed\n5 pas").expect("it is written");
        Log::open(Some(&path), go_on(5)).expect("its own");
        assert_eq!(fs::read_to_string(&path).expect("it is read"), "4 passed\n");
    }

    #[test]
    fn the_log_of_another_run_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        fs::write(&path, "4 passed\n").expect("it is written");
        let error = Log::open(Some(&path), None).expect_err("it holds lines");
        assert!(error.to_string().contains("--resume"), "{error}");
        let error = Log::open(Some(&path), go_on(9)).expect_err("seeds 5 to 8 are not in it");
        assert!(
            format!("{error:#}").contains("ends with seed 4"),
            "{error:#}"
        );
        fs::write(&path, "hello\n").expect("it is written");
        assert!(Log::open(Some(&path), go_on(9)).is_err());
        assert_eq!(fs::read_to_string(&path).expect("it is read"), "hello\n");
    }
}
