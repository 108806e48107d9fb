//! Reads what a member left on its disk, for it to start from.

use std::fs;
use std::io;
use std::path::Path;

use bytes::Bytes;
use quorate_core::disk::{DiskImage, SNAPSHOT_DIRECTORY, WAL_DIRECTORY};

/// All files of the log and the snapshots. Names that are no UTF-8 are none of ours.
pub(crate) fn load_image(root: &Path) -> io::Result<DiskImage> {
    let mut image = DiskImage::default();
    for directory in [WAL_DIRECTORY, SNAPSHOT_DIRECTORY] {
        for entry in fs::read_dir(root.join(directory))? {
            let entry = entry?;
            if !entry.file_type()?.is_file() {
                continue;
            }
            if let Some(name) = entry.file_name().to_str() {
                let bytes = Bytes::from(fs::read(entry.path())?);
                image.files.insert(format!("{directory}/{name}"), bytes);
            }
        }
    }
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::DataDirectory;

    #[test]
    fn an_image_has_the_files_of_log_and_snapshots() {
        let root = tempfile::tempdir().expect("a directory");
        let directory = DataDirectory::open(root.path()).expect("free");
        let image = load_image(directory.path()).expect("read");
        assert!(image.files.is_empty());
        fs::write(root.path().join("member/wal/0.wal"), b"log").expect("written");
        fs::write(root.path().join("member/snap/1.snap"), b"snapshot").expect("written");
        let image = load_image(directory.path()).expect("read");
        let found: Vec<(&str, &[u8])> = image
            .files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_ref()))
            .collect();
        assert_eq!(
            found,
            [
                ("member/snap/1.snap", b"snapshot".as_slice()),
                ("member/wal/0.wal", b"log".as_slice()),
            ]
        );
    }
}
