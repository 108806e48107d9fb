//! How log files make room for new ones: `--log-rotation-config-json` (the library `lumberjack`).

use serde::Deserialize;

/// The settings, with etcd's keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Rotation {
    /// Megabytes that a file may have; 0 for 100.
    maxsize: i64,
    /// Days after which an old file goes; 0 for never.
    maxage: i64,
    /// Old files that are kept; 0 for all.
    maxbackups: i64,
    /// Whether old files are named by local time, and not by UTC.
    localtime: bool,
    /// Whether old files are compressed.
    compress: bool,
}

impl Rotation {
    /// Reads the flag's value.
    ///
    /// # Errors
    /// It is no JSON, or a value is not of its kind.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| {
            let what = match error.is_data() {
                true => "invalid log rotation config",
                false => "improperly formatted log rotation config",
            };
            format!("{what}: {error}")
        })
    }

    /// Bytes that a file may have.
    pub(super) fn size_bytes_max(self) -> u64 {
        let megabytes = match u64::try_from(self.maxsize) {
            Ok(0) | Err(_) => SIZE_DEFAULT_MEGABYTES,
            Ok(megabytes) => megabytes,
        };
        megabytes.saturating_mul(MEGABYTE)
    }

    /// Days that an old file is kept, if it is not for ever.
    pub(super) fn age_days_max(self) -> Option<i64> {
        Some(self.maxage).filter(|days| *days > 0)
    }

    /// Old files that are kept, if it is not all.
    pub(super) fn files_max(self) -> Option<usize> {
        usize::try_from(self.maxbackups)
            .ok()
            .filter(|count| *count > 0)
    }

    /// Whether old files are named by local time.
    pub(super) fn is_local(self) -> bool {
        self.localtime
    }

    /// Whether old files are compressed.
    pub(super) fn compresses(self) -> bool {
        self.compress
    }

    #[cfg(test)]
    pub(super) fn of_test(maxbackups: i64, compress: bool) -> Self {
        Self {
            maxsize: 1,
            maxbackups,
            compress,
            ..Self::default()
        }
    }
}

const MEGABYTE: u64 = 1_024 * 1_024;
const SIZE_DEFAULT_MEGABYTES: u64 = 100;
