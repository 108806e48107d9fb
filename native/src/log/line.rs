//! One line of the log.

use jiff::Zoned;
use serde_json::Value;

use super::{Fields, LogLevel};

/// The line, with its newline.
pub(super) fn render(
    level: LogLevel,
    time: &str,
    caller: &str,
    message: &str,
    fields: Fields<'_>,
) -> String {
    let mut line = String::with_capacity(128);
    line.push_str("{\"level\":\"");
    line.push_str(level.name());
    line.push('"');
    push(&mut line, "ts", &Value::from(time));
    push(&mut line, "caller", &Value::from(caller));
    push(&mut line, "msg", &Value::from(message));
    for (key, value) in fields {
        push(&mut line, key, value);
    }
    line.push_str("}\n");
    line
}

/// The time here and now, in etcd's form `2006-01-02T15:04:05.999999Z0700`.
pub(super) fn now() -> String {
    timestamp(&Zoned::now())
}

/// Go leaves trailing zeros of a `.999999` out, and writes `Z` for no offset.
fn timestamp(time: &Zoned) -> String {
    let mut text = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let micros = time.subsec_nanosecond() / 1_000;
    if micros > 0 {
        text.push_str(format!(".{micros:06}").trim_end_matches('0'));
    }
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::{self, TimeZone};

    use super::*;

    #[test]
    fn a_line_has_etcds_keys_in_etcds_order() {
        let fields = [("signal", Value::from("terminated")), ("n", Value::from(3))];
        assert_eq!(
            render(LogLevel::Info, "T", "a/b.rs:1", "say \"hi\"\n", &fields),
            "{\"level\":\"info\",\"ts\":\"T\",\"caller\":\"a/b.rs:1\",\
             \"msg\":\"say \\\"hi\\\"\\n\",\"signal\":\"terminated\",\"n\":3}\n"
        );
    }

    #[test]
    fn times_are_as_go_writes_them() {
        let at = |nanoseconds, offset| {
            let zone = TimeZone::fixed(tz::offset(offset));
            let time = date(2021, 8, 31).at(17, 52, 28, nanoseconds).to_zoned(zone);
            timestamp(&time.expect("a time that exists"))
        };
        assert_eq!(at(93_000_000, 8), "2021-08-31T17:52:28.093+0800");
        assert_eq!(at(93_120_999, 0), "2021-08-31T17:52:28.09312Z");
        assert_eq!(at(0, -3), "2021-08-31T17:52:28-0300");
    }
}
