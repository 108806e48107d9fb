//! From flags to a log, with etcd's refusals (`server/embed/config_logging.go`).

use std::path::Path;

use super::journal::{self, Journal};
use super::line::Format;
use super::outputs::{Output, Outputs};
use super::rotated_file::RotatedFile;
use super::rotation::Rotation;
use super::{LogLevel, Logger};
use crate::flags::Values;
use crate::go::{io_error_text, quote};

impl Logger {
    /// The log that the flags ask for.
    ///
    /// # Errors
    /// What cannot be, in etcd's words.
    pub(crate) fn open(values: &Values) -> Result<Self, String> {
        match values.text("logger") {
            "zap" => {}
            "capnslog" => return Err("--logger=capnslog is removed in v3.5".to_owned()),
            other => {
                let other = quote(other.as_bytes());
                return Err(format!("unknown logger option {other}, use zap"));
            }
        }
        let names = names(values.text("log-outputs"));
        if names.len() > 1 && names.contains(&"default") {
            return Err("multi logoutput for \"default\" is not supported yet".to_owned());
        }
        let rotation = match values.boolean("enable-log-rotation") {
            true => Some(rotation(&names, values.text("log-rotation-config-json"))?),
            false => None,
        };
        let format = format(values.text("log-format"))?;
        if names.len() > 1 && names.contains(&"systemd/journal") {
            let names: Vec<String> = names.iter().map(|name| quote(name.as_bytes())).collect();
            return Err(format!(
                "running with systemd/journal but other '--log-outputs' values ([{}]) are \
                 configured with 'default'; override 'default' value with something else",
                names.join(" ")
            ));
        }
        // Whoever wants no log at all wants no other either.
        let names = match names.contains(&"/dev/null") {
            true => vec!["/dev/null"],
            false => names,
        };
        let outputs = names
            .into_iter()
            .map(|name| open(name, rotation))
            .collect::<Result<Vec<_>, _>>()?;
        let lowest = LogLevel::parse(values.text("log-level"));
        Ok(Self::new(lowest, format, Outputs::new(outputs)))
    }
}

/// The outputs, each once, in ascending order.
fn names(list: &str) -> Vec<&str> {
    let mut names: Vec<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| match name {
            "/dev/stderr" => "stderr",
            "/dev/stdout" => "stdout",
            name => name,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        names.push("default");
    }
    names
}

fn format(text: &str) -> Result<Format, String> {
    match text {
        "json" | "" => Ok(Format::Json),
        "console" => Ok(Format::Console),
        other => Err(format!(
            "unknown log format: {other}, supported values json, console"
        )),
    }
}

fn rotation(names: &[&str], config: &str) -> Result<Rotation, String> {
    let is_file = |name: &&&str| !["default", "stderr", "stdout"].contains(*name);
    let files = names.iter().filter(is_file).count();
    if files != 1 {
        return Err(
            "--log-outputs requires a single file path when --log-rotate-config-json is defined"
                .to_owned(),
        );
    }
    Rotation::parse(config)
}

fn open(name: &str, rotation: Option<Rotation>) -> Result<Output, String> {
    match (name, rotation) {
        ("default" | "stderr", _) => Ok(Output::Stderr),
        ("stdout", _) => Ok(Output::Stdout),
        ("systemd/journal", _) => Journal::open(Path::new(journal::SOCKET)).map(Output::Journal),
        (path, Some(rotation)) => Ok(Output::Rotated(RotatedFile::new(Path::new(path), rotation))),
        (path, None) => Output::file(Path::new(path)).map_err(|error| {
            let (quoted, reason) = (quote(path.as_bytes()), io_error_text(&error));
            format!("couldn't open sink {quoted}: open {path}: {reason}")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::{Request, parse};

    fn refused(line: &str) -> String {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match parse(&arguments) {
            Ok(Request::Serve(values)) => Logger::open(&values).err().expect(line),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn what_cannot_be_is_told_in_etcds_words() {
        let one_file =
            "--log-outputs requires a single file path when --log-rotate-config-json is defined";
        for (line, message) in [
            ("--logger capnslog", "--logger=capnslog is removed in v3.5"),
            ("--logger slog", "unknown logger option \"slog\", use zap"),
            (
                "--log-outputs default,stdout",
                "multi logoutput for \"default\" is not supported yet",
            ),
            (
                "--log-outputs systemd/journal,stderr",
                "running with systemd/journal but other '--log-outputs' values ([\"stderr\" \
                 \"systemd/journal\"]) are configured with 'default'; override 'default' value \
                 with something else",
            ),
            (
                "--log-format xml",
                "unknown log format: xml, supported values json, console",
            ),
            ("--enable-log-rotation", one_file),
            ("--enable-log-rotation --log-outputs a.log,b.log", one_file),
            (
                "--log-outputs /no/such/folder/a.log",
                "couldn't open sink \"/no/such/folder/a.log\": open /no/such/folder/a.log: no such \
                 file or directory",
            ),
        ] {
            assert_eq!(refused(line), message, "{line}");
        }
        let line = "--enable-log-rotation --log-outputs a.log --log-rotation-config-json ";
        let syntax = refused(&format!("{line}{{\"maxsize\""));
        assert!(
            syntax.starts_with("improperly formatted log rotation config: "),
            "{syntax}"
        );
        let kind = refused(&format!("{line}{{\"maxsize\":\"big\"}}"));
        assert!(kind.starts_with("invalid log rotation config: "), "{kind}");
    }

    #[test]
    fn each_output_is_there_once() {
        assert_eq!(names("stdout, stderr,/dev/stdout"), ["stderr", "stdout"]);
        assert_eq!(names(""), ["default"]);
    }
}
