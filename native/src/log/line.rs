//! One line of the log.

use std::time::SystemTime;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use super::{Fields, LogLevel};

/// `--log-format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One JSON object.
    Json,
    /// Columns for the eye, and the extra keys as JSON behind them.
    Console,
}

/// What a line says.
pub(super) struct Line<'a> {
    pub(super) level: LogLevel,
    pub(super) time: &'a str,
    pub(super) caller: &'a str,
    pub(super) message: &'a str,
    pub(super) fields: Fields<'a>,
}

impl Line<'_> {
    /// The line, with its newline.
    pub(super) fn render(&self, format: Format) -> String {
        match format {
            Format::Json => self.json(),
            Format::Console => self.console(),
        }
    }

    fn json(&self) -> String {
        let mut line = String::with_capacity(128);
        line.push_str("{\"level\":\"");
        line.push_str(self.level.name());
        line.push('"');
        push(&mut line, "ts", &Value::from(self.time));
        push(&mut line, "caller", &Value::from(self.caller));
        push(&mut line, "msg", &Value::from(self.message));
        for (key, value) in self.fields {
            push(&mut line, key, value);
        }
        line.push_str("}\n");
        line
    }

    /// As zap's console encoder: tabs between the columns, spaces in the JSON.
    fn console(&self) -> String {
        let columns = [self.time, self.level.name(), self.caller, self.message];
        let mut line = columns.join("\t");
        let mut separator = "\t{";
        for (key, value) in self.fields {
            line.push_str(separator);
            line.push('"');
            line.push_str(key);
            line.push_str("\": ");
            push_spaced(&mut line, value);
            separator = ", ";
        }
        if !self.fields.is_empty() {
            line.push('}');
        }
        line.push('\n');
        line
    }
}

/// The time here and now, in etcd's form `2006-01-02T15:04:05.000000Z0700`.
pub(super) fn now() -> String {
    timestamp(&Zoned::now())
}

/// A time in that form.
pub(crate) fn time_text(time: SystemTime) -> String {
    // One that jiff has no name for is none that a clock of ours shows.
    let time = Timestamp::try_from(time).unwrap_or_default();
    timestamp(&time.to_zoned(TimeZone::system()))
}

/// Go writes `Z` for no offset.
fn timestamp(time: &Zoned) -> String {
    let mut text = time.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string();
    if time.offset().seconds() == 0 {
        text.push('Z');
    } else {
        text.push_str(&time.strftime("%z").to_string());
    }
    text
}

fn push(line: &mut String, key: &str, value: &Value) {
    line.push_str(",\"");
    line.push_str(key);
    line.push_str("\":");
    line.push_str(&value.to_string());
}

/// JSON with a space behind each comma and colon.
fn push_spaced(line: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            line.push('[');
            for (at, item) in items.iter().enumerate() {
                line.push_str(if at == 0 { "" } else { ", " });
                push_spaced(line, item);
            }
            line.push(']');
        }
        Value::Object(members) => {
            line.push('{');
            for (at, (key, member)) in members.iter().enumerate() {
                line.push_str(if at == 0 { "" } else { ", " });
                line.push_str(&Value::from(key.as_str()).to_string());
                line.push_str(": ");
                push_spaced(line, member);
            }
            line.push('}');
        }
        plain => line.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::{self, TimeZone};
    use serde_json::json;

    use super::*;

    fn rendered(format: Format, fields: Fields<'_>) -> String {
        let line = Line {
            level: LogLevel::Info,
            time: "T",
            caller: "a/b.rs:1",
            message: "say \"hi\"\n",
            fields,
        };
        line.render(format)
    }

    #[test]
    fn a_line_has_etcds_keys_in_etcds_order() {
        let fields = [("signal", Value::from("terminated")), ("n", Value::from(3))];
        assert_eq!(
            rendered(Format::Json, &fields),
            "{\"level\":\"info\",\"ts\":\"T\",\"caller\":\"a/b.rs:1\",\
             \"msg\":\"say \\\"hi\\\"\\n\",\"signal\":\"terminated\",\"n\":3}\n"
        );
    }

    #[test]
    fn a_line_for_a_console_has_columns() {
        let fields = [("urls", json!(["a", "b"])), ("n", json!(3))];
        assert_eq!(
            rendered(Format::Console, &fields),
            "T\tinfo\ta/b.rs:1\tsay \"hi\"\n\t{\"urls\": [\"a\", \"b\"], \"n\": 3}\n"
        );
        assert_eq!(
            rendered(Format::Console, &[]),
            "T\tinfo\ta/b.rs:1\tsay \"hi\"\n\n"
        );
    }

    #[test]
    fn times_are_as_go_writes_them() {
        let at = |nanoseconds, offset| {
            let zone = TimeZone::fixed(tz::offset(offset));
            let time = date(2021, 8, 31).at(17, 52, 28, nanoseconds).to_zoned(zone);
            timestamp(&time.expect("a time that exists"))
        };
        assert_eq!(at(93_000_000, 8), "2021-08-31T17:52:28.093000+0800");
        assert_eq!(at(93_120_999, 0), "2021-08-31T17:52:28.093120Z");
        assert_eq!(at(0, -3), "2021-08-31T17:52:28.000000-0300");
    }
}
