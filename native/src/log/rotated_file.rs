//! A log file that makes room for a new one when it is full, as `lumberjack` does.
//!
//! `etcd.log` becomes `etcd-2026-11-27T20-15-00.000.log` and begins anew. Old files are compressed,
//! and thrown away by age and number, in a thread of their own: a line must not wait for that.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use super::rotation::Rotation;

/// A file and its forerunners.
pub(super) struct RotatedFile {
    path: PathBuf,
    rotation: Rotation,
    /// Opened with the first line, and its size.
    open: Option<(File, u64)>,
    /// One clean-up at a time.
    cleaning: Arc<Mutex<()>>,
}

impl RotatedFile {
    /// Nothing is opened before the first line.
    pub(super) fn new(path: &Path, rotation: Rotation) -> Self {
        Self {
            path: path.to_owned(),
            rotation,
            open: None,
            cleaning: Arc::default(),
        }
    }

    /// Writes one line; a full file makes room first.
    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let length = line.len() as u64;
        let most = self.rotation.size_bytes_max();
        if length > most {
            let text = format!("write length {length} exceeds maximum file size {most}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let (mut file, mut size) = match self.open.take() {
            Some(open) => open,
            None => self.open_or_begin()?,
        };
        if size + length > most {
            drop(file);
            self.put_away()?;
            (file, size) = (self.begin(None)?, 0);
            self.clean_up();
        }
        let written = file.write_all(line);
        self.open = Some((file, size + length));
        written
    }

    fn open_or_begin(&self) -> io::Result<(File, u64)> {
        match OpenOptions::new().append(true).open(&self.path) {
            Ok(file) => {
                let size = file.metadata()?.len();
                Ok((file, size))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok((self.begin(Some(self.folder()))?, 0))
            }
            Err(error) => Err(error),
        }
    }

    fn begin(&self, folder: Option<&Path>) -> io::Result<File> {
        if let Some(folder) = folder {
            DirBuilder::new()
                .recursive(true)
                .mode(FOLDER_MODE)
                .create(folder)?;
        }
        let mode = self.newest().map_or(FILE_MODE, |newest| {
            fs::metadata(newest).map_or(FILE_MODE, |found| found.permissions().mode())
        });
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(mode)
            .open(&self.path)
    }

    /// Gives the full file a name of its own.
    fn put_away(&self) -> io::Result<()> {
        let now = Zoned::now();
        let now = match self.rotation.is_local() {
            true => now,
            false => now.with_time_zone(TimeZone::UTC),
        };
        let (stem, extension) = self.parts();
        let time = now.strftime("%Y-%m-%dT%H-%M-%S.%3f");
        let name = format!("{stem}{time}{extension}");
        fs::rename(&self.path, self.folder().join(name))
    }

    fn clean_up(&self) {
        let (folder, rotation) = (self.folder().to_owned(), self.rotation);
        let ((stem, extension), cleaning) = (self.parts(), self.cleaning.clone());
        let work = move || {
            let _alone = cleaning.lock();
            // What cannot be thrown away is tried again the next time.
            let _ = clean(&old_files(&folder, &stem, &extension), rotation);
        };
        // Without a thread the old files stay for now.
        let _ = thread::Builder::new()
            .name("log-clean-up".to_owned())
            .spawn(work);
    }

    fn newest(&self) -> Option<PathBuf> {
        let (stem, extension) = self.parts();
        let files = old_files(self.folder(), &stem, &extension);
        files.into_iter().next().map(|(_, path)| path)
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// What old files' names begin and end with: `etcd-` and `.log`.
    fn parts(&self) -> (String, String) {
        let text = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let extension = match text(self.path.extension()) {
            none if none.is_empty() => none,
            extension => format!(".{extension}"),
        };
        (format!("{}-", text(self.path.file_stem())), extension)
    }
}

/// Old files by the time in their names, newest first.
fn old_files(folder: &Path, stem: &str, extension: &str) -> Vec<(DateTime, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<(DateTime, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let plain = name.strip_suffix(COMPRESSED).unwrap_or(&name);
            let time = plain.strip_prefix(stem)?.strip_suffix(extension)?;
            let time = DateTime::strptime("%Y-%m-%dT%H-%M-%S%.f", time).ok()?;
            Some((time, entry.path()))
        })
        .collect();
    files.sort();
    files.reverse();
    files
}

fn clean(files: &[(DateTime, PathBuf)], rotation: Rotation) -> io::Result<()> {
    let now = match rotation.is_local() {
        true => Zoned::now().datetime(),
        false => Zoned::now().with_time_zone(TimeZone::UTC).datetime(),
    };
    let oldest = rotation
        .age_days_max()
        .and_then(|days| now.checked_sub(Span::new().try_days(days).ok()?).ok());
    let most = rotation.files_max().unwrap_or(usize::MAX);
    for (place, (time, path)) in files.iter().enumerate() {
        let is_too_old = oldest.is_some_and(|oldest| *time < oldest);
        if place >= most || is_too_old {
            fs::remove_file(path)?;
        } else if rotation.compresses() && !path.to_string_lossy().ends_with(COMPRESSED) {
            compress(path)?;
        }
    }
    Ok(())
}

fn compress(path: &Path) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(COMPRESSED);
    let mode = fs::metadata(path)?.permissions().mode();
    let target = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(mode)
        .open(&name)?;
    let mut encoder = GzEncoder::new(target, Compression::default());
    io::copy(&mut File::open(path)?, &mut encoder)?;
    encoder.finish()?;
    fs::remove_file(path)
}

/// What a compressed file's name ends with.
const COMPRESSED: &str = ".gz";
/// A new folder's, as lumberjack has it.
const FOLDER_MODE: u32 = 0o755;
/// A new file's; one after another has that one's.
const FILE_MODE: u32 = 0o600;

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_full_file_makes_room() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("deep/quorate.log");
        let mut file = RotatedFile::new(&path, Rotation::of_test(0, false));
        let line = vec![b'x'; 600 * 1_024];
        file.write(&line).expect("the first");
        file.write(&line).expect("the second, in a file of its own");
        let names = names(path.parent().expect("deep"));
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(
            names[0].starts_with("quorate-") && names[0].ends_with(".log"),
            "{names:?}"
        );
        assert_eq!(names[1], "quorate.log");
        assert_eq!(
            fs::metadata(&path).expect("the new one").len(),
            line.len() as u64
        );
        let too_long = vec![b'x'; 2 * 1_024 * 1_024];
        assert!(file.write(&too_long).is_err());
        file.write(b"short\n")
            .expect("the next one is written all the same");
    }

    #[test]
    fn a_file_that_is_there_goes_on() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("quorate.log");
        fs::write(&path, "old\n").expect("written");
        let mut file = RotatedFile::new(&path, Rotation::of_test(0, false));
        file.write(b"new\n").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("read"), "old\nnew\n");
    }

    #[test]
    fn old_files_are_counted_and_compressed() {
        let folder = tempfile::tempdir().expect("a directory");
        let root = folder.path();
        for name in [
            "quorate-2026-01-01T00-00-00.000.log.gz",
            "quorate-2026-01-02T00-00-00.000.log",
            "quorate-2026-01-03T00-00-00.000.log",
            "quorate-notes.log",
            "other-2026-01-03T00-00-00.000.log",
        ] {
            fs::write(root.join(name), name).expect("written");
        }
        let files = old_files(root, "quorate-", ".log");
        clean(&files, Rotation::of_test(2, true)).expect("cleaned");
        assert_eq!(
            names(root),
            [
                "other-2026-01-03T00-00-00.000.log",
                "quorate-2026-01-02T00-00-00.000.log.gz",
                "quorate-2026-01-03T00-00-00.000.log.gz",
                "quorate-notes.log",
            ]
        );
        let compressed = File::open(root.join("quorate-2026-01-03T00-00-00.000.log.gz"));
        let mut text = String::new();
        GzDecoder::new(compressed.expect("there"))
            .read_to_string(&mut text)
            .expect("gzip");
        assert_eq!(text, "quorate-2026-01-03T00-00-00.000.log");
    }
}
