//! Flags from a configuration file: YAML, or the JSON that it includes (`embed.ConfigFromFile`).
//!
//! Keys are the flags' names. As in etcd a key that is not known changes nothing; here the log
//! says so, for it is a misspelt one most of the time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use yaml_serde::{Mapping, Value};

use super::definition::{Flag, Kind, Support};
use super::origin::{self, Origin, ValueError};
use super::parse::nearest;
use super::values::Values;
use super::{GatherError, find};
use crate::go::io_error_text;
use crate::log::Notice;

/// Reads a file.
///
/// # Errors
/// It cannot be read, is no YAML, or has a value that its flag cannot have.
pub(super) fn read(path: &Path, notices: &mut Vec<Notice>) -> Result<Values, GatherError> {
    let bytes = bytes_of(path).map_err(|error| {
        let reason = io_error_text(&error);
        GatherError::Verify(format!("open {}: {reason}", path.display()))
    })?;
    read_bytes(path, bytes, notices)
}

/// What stands in a file.
///
/// # Errors
/// As [`read`].
pub(super) fn read_bytes(
    path: &Path,
    bytes: Vec<u8>,
    notices: &mut Vec<Notice>,
) -> Result<Values, GatherError> {
    let mut reader = Reader {
        path,
        set: BTreeMap::new(),
        notices,
    };
    let text = text_of_file(bytes).map_err(|reason| reader.wrong(&reason))?;
    match yaml_serde::from_str(&text) {
        Ok(Value::Null) => {}
        Ok(Value::Mapping(mapping)) => reader.read(&mapping)?,
        Ok(_) => return Err(reader.wrong("a configuration is lines of the form key: value")),
        Err(error) => return Err(reader.wrong(&error.to_string())),
    }
    Ok(Values::of_file(reader.set))
}

/// A file's beginning: one byte more than it may have, so that who never ends is seen to be too long.
fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = File::open(path)?.take(SIZE_BYTES_MAX + 1);
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text, when it is one that the parser comes to an end with: what it needs grows with the
/// square of the brackets that are open.
fn text_of_file(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() as u64 > SIZE_BYTES_MAX {
        return Err(format!(
            "a configuration file may have {SIZE_BYTES_MAX} bytes, and this has more"
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..place]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        format!("yaml: line {line}: invalid UTF-8: use text in UTF-8 only")
    })?;
    let (mut open, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    if deepest > BRACKETS_MAX {
        return Err(format!(
            "a configuration may have {BRACKETS_MAX} brackets open at once, and this has {deepest}"
        ));
    }
    Ok(text)
}

struct Reader<'a> {
    path: &'a Path,
    set: BTreeMap<&'static str, String>,
    notices: &'a mut Vec<Notice>,
}

impl Reader<'_> {
    fn read(&mut self, mapping: &Mapping) -> Result<(), GatherError> {
        for (key, value) in mapping {
            let Value::String(key) = key else {
                return Err(self.wrong("keys are the names of flags"));
            };
            match SECTIONS.iter().find(|section| section.name == key) {
                Some(section) => self.read_section(section, value)?,
                None => self.read_flag(key, key, value)?,
            }
        }
        Ok(())
    }

    fn read_section(&mut self, section: &Section, value: &Value) -> Result<(), GatherError> {
        let mapping = match value {
            Value::Null => return Ok(()),
            Value::Mapping(mapping) => mapping,
            _ => {
                let keys: Vec<&str> = section.keys.iter().map(|(key, _)| *key).collect();
                let keys = keys.join(", ");
                return Err(self.wrong(&format!(
                    "invalid {}, use lines of the form key: value below it, with the keys {keys}",
                    section.name
                )));
            }
        };
        for (key, value) in mapping {
            let key = key.as_str().unwrap_or_default();
            let path = format!("{}.{key}", section.name);
            match section.keys.iter().find(|(name, _)| *name == key) {
                Some((_, flag)) => self.read_flag(&path, flag, value)?,
                None => self.warn_of(&path, None),
            }
        }
        Ok(())
    }

    /// Takes the value of a key that should be a flag's name.
    fn read_flag(&mut self, key: &str, name: &str, value: &Value) -> Result<(), GatherError> {
        let name = ALIASES
            .iter()
            .find(|(alias, _)| *alias == name)
            .map_or(name, |(_, flag)| flag);
        let flag = find(name).filter(|flag| is_of_files(flag));
        let Some(flag) = flag else {
            self.warn_of(key, nearest(name).filter(|near| *near != name));
            return Ok(());
        };
        let origin = Origin::File {
            path: self.path.to_owned(),
            key: key.to_owned(),
        };
        let text = match text_of(flag, value) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(()),
            Err((given, reason)) => {
                return Err(ValueError::new(flag, &given, &reason, &origin).into());
            }
        };
        if text.is_empty() && is_unset_when_empty(flag) {
            return Ok(());
        }
        origin::check(flag, &text, &origin)?;
        self.set.insert(flag.name, text);
        Ok(())
    }

    fn warn_of(&mut self, key: &str, nearest: Option<&'static str>) {
        let mut notice = Notice::warn("unrecognized configuration key")
            .with("path", self.path.display().to_string())
            .with("key", key);
        if let Some(nearest) = nearest {
            notice = notice.with("did-you-mean", nearest);
        }
        self.notices.push(notice);
    }

    fn wrong(&self, reason: &str) -> GatherError {
        GatherError::Verify(format!("{}: {reason}", self.path.display()))
    }
}

/// What a flag's value would be on the command line; nothing when the file does not say. Else what
/// was given and what would be right.
fn text_of(flag: &Flag, value: &Value) -> Result<Option<String>, (String, String)> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::Bool(value) => value.to_string(),
        // A duration without its unit: etcd reads nanoseconds there.
        Value::Number(number) if flag.kind == Kind::Duration => format!("{number}ns"),
        Value::Number(number) => number.to_string(),
        Value::String(text) if flag.kind == Kind::Bool => yaml_boolean(text).to_owned(),
        Value::String(text) => text.clone(),
        Value::Sequence(items) if LISTS.contains(&flag.name) => {
            let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            let reason = "use a list of texts".to_owned();
            items.ok_or_else(|| ("[…]".to_owned(), reason))?.join(",")
        }
        Value::Sequence(_) => return Err(("[…]".to_owned(), one_value(flag))),
        Value::Mapping(_) | Value::Tagged(_) => return Err(("{…}".to_owned(), one_value(flag))),
    };
    Ok(Some(text))
}

fn one_value(flag: &Flag) -> String {
    format!("use {}", flag.kind.wanted())
}

/// YAML 1.1, which etcd's library reads, has more words for booleans.
fn yaml_boolean(text: &str) -> &str {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => "true",
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => "false",
        _ => text,
    }
}

/// etcd has no keys for these, though its sample file names some of them.
fn is_of_files(flag: &Flag) -> bool {
    flag.support != Support::Ignored
        && !["config-file", "discovery-fallback", "proxy"].contains(&flag.name)
}

fn is_unset_when_empty(flag: &Flag) -> bool {
    flag.kind == Kind::Urls
        || ["cors", "host-whitelist", "initial-cluster-state"].contains(&flag.name)
}

/// No configuration is longer.
const SIZE_BYTES_MAX: u64 = 1_048_576;
/// None has as many lists within lists.
const BRACKETS_MAX: usize = 100;

/// Keys that stand together below one.
struct Section {
    name: &'static str,
    /// Each with the flag that it is.
    keys: &'static [(&'static str, &'static str)],
}

const SECTIONS: &[Section] = &[
    Section {
        name: "client-transport-security",
        keys: &[
            ("cert-file", "cert-file"),
            ("key-file", "key-file"),
            ("client-cert-file", "client-cert-file"),
            ("client-key-file", "client-key-file"),
            ("client-cert-auth", "client-cert-auth"),
            ("trusted-ca-file", "trusted-ca-file"),
            ("auto-tls", "auto-tls"),
            ("allowed-hostname", "client-cert-allowed-hostname"),
        ],
    },
    Section {
        name: "peer-transport-security",
        keys: &[
            ("cert-file", "peer-cert-file"),
            ("key-file", "peer-key-file"),
            ("client-cert-file", "peer-client-cert-file"),
            ("client-key-file", "peer-client-key-file"),
            ("client-cert-auth", "peer-client-cert-auth"),
            ("trusted-ca-file", "peer-trusted-ca-file"),
            ("auto-tls", "peer-auto-tls"),
            ("allowed-cn", "peer-cert-allowed-cn"),
            ("allowed-hostname", "peer-cert-allowed-hostname"),
            (
                "skip-client-san-verification",
                "peer-skip-client-san-verification",
            ),
        ],
    },
    Section {
        name: "socket-options",
        keys: &[
            ("reuse-port", "socket-reuse-port"),
            ("reuse-address", "socket-reuse-address"),
        ],
    },
    Section {
        name: "discovery-config",
        keys: &[("token", "discovery-token")],
    },
];

/// Flags whose values etcd's file has as lists.
const LISTS: [&str; 5] = [
    "log-outputs",
    "cipher-suites",
    "client-cert-allowed-hostname",
    "peer-cert-allowed-cn",
    "peer-cert-allowed-hostname",
];

/// Keys that are no flag's name, of a mistake that etcd made once.
const ALIASES: [(&str, &str); 1] = [(
    "experimental-snapshot-catch-up-entries",
    "experimental-snapshot-catchup-entries",
)];
