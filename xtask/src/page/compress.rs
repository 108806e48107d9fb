//! Compressed copies beside each file of the page (`.br`, `.gz`), made once at build time.
//!
//! A server hands out the copy that the browser accepts; browsers take brotli only over https and
//! from localhost, hence both.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The strongest that brotli has: the page is compressed once and loaded often.
const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW_LOG2: u32 = 24;
const BUFFER_BYTES: usize = 64 * 1024;

/// Files of these kinds shrink; images and fonts are compressed in themselves.
const KINDS: [&str; 7] = ["html", "js", "wasm", "css", "svg", "json", "txt"];

/// Writes `.br` and `.gz` beside every file below `folder` that shrinks.
pub(super) fn all(folder: &Path) -> Result<()> {
    for file in files(folder)? {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        fs::write(with_ending(&file, "br"), brotli(&content)?)?;
        fs::write(with_ending(&file, "gz"), gzip(&content)?)?;
    }
    Ok(())
}

/// The files below `folder` that have compressed copies, in name order.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path
            .extension()
            .is_some_and(|kind| KINDS.iter().any(|known| kind == *known))
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// `a/b.js` and `br` give `a/b.js.br`.
pub(super) fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer =
        CompressorWriter::new(Vec::new(), BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW_LOG2);
    writer.write_all(content)?;
    Ok(writer.into_inner())
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use brotli::Decompressor;
    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn what_is_compressed_comes_back_whole_and_is_smaller() {
        let content = "a member is told of a term it has already seen\n".repeat(500);
        let small = brotli(content.as_bytes()).expect("memory takes all that is written");
        assert!(small.len() < content.len() / 10);
        let mut back = String::new();
        Decompressor::new(&small[..], BUFFER_BYTES)
            .read_to_string(&mut back)
            .expect("whole");
        assert_eq!(back, content);

        let small = gzip(content.as_bytes()).expect("memory takes all that is written");
        assert!(small.len() < content.len() / 10);
        back.clear();
        GzDecoder::new(&small[..])
            .read_to_string(&mut back)
            .expect("whole");
        assert_eq!(back, content);
    }
}
