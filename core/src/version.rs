//! Versions of etcd's line, as servers and clusters have them.

use std::fmt;

use rkyv::{Archive, Deserialize, Serialize};

/// A version: `major.minor.patch`.
#[derive(
    Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord,
)]
pub struct ServerVersion {
    /// Changes with what is not compatible.
    pub major: u32,
    /// Changes with features; a cluster's version goes as far as this.
    pub minor: u32,
    /// Changes with repairs.
    pub patch: u32,
}

impl ServerVersion {
    /// The etcd version whose behaviour on the wire this program claims.
    pub const CLAIMED: ServerVersion = ServerVersion {
        major: 3,
        minor: 6,
        patch: 14,
    };

    /// Reads `major.minor.patch`, or `major.minor` as etcd's downgrade takes it too. What follows
    /// a `-` or `+` is passed over. Nothing for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(['-', '+']).unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(number);
        let major = numbers.next()??;
        let minor = numbers.next()??;
        let patch = numbers.next().unwrap_or(Some(0))?;
        numbers.next().is_none().then_some(Self {
            major,
            minor,
            patch,
        })
    }

    /// Without its patch: a cluster's version, or its store's.
    pub fn without_patch(self) -> Self {
        Self { patch: 0, ..self }
    }

    /// The only version that a cluster of this one may go down to.
    pub fn one_minor_lower(self) -> Option<Self> {
        let minor = self.minor.checked_sub(1)?;
        Some(Self {
            minor,
            ..self.without_patch()
        })
    }

    /// As etcd's log names a cluster's version: `3.6`.
    pub fn cluster_text(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Digits alone: a sign or a space is no part of a version.
fn number(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_etcd_reads_them() {
        let read = |text| ServerVersion::parse(text).map(|version| version.to_string());
        assert_eq!(read("3.6.14").as_deref(), Some("3.6.14"));
        assert_eq!(read("3.5").as_deref(), Some("3.5.0"));
        assert_eq!(read("3.6.0-alpha.0+git").as_deref(), Some("3.6.0"));
        for bad in ["", "3", "v3.5", "3.5.0.0", "3.x", "3.+5", " 3.5", "3..5"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn one_goes_down_one_minor_version_at_a_time() {
        let lower = ServerVersion::CLAIMED.one_minor_lower();
        assert_eq!(
            lower.map(ServerVersion::cluster_text).as_deref(),
            Some("3.5")
        );
        assert_eq!(ServerVersion::default().one_minor_lower(), None);
    }
}
