//! `time.Duration`: as text, and from a flag.

use std::time::Duration;

use crate::go_duration::GoDuration;

/// As `Duration.String` writes it: `1m2.5s`, `1.2345ms`, `0s`.
pub(crate) fn duration_text(duration: Duration) -> String {
    GoDuration(duration).to_string()
}

/// Reads `1m30s`, `100ms`, `0`; not below nothing.
///
/// # Errors
/// In the words of `time.ParseDuration`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    if let Some(GoDuration(duration)) = GoDuration::parse(text) {
        return Ok(duration);
    }
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let unit = text.trim_start_matches(is_number);
    Err(if text.is_empty() || unit.len() == text.len() {
        format!("time: invalid duration {text:?}")
    } else if unit.is_empty() {
        format!("time: missing unit in duration {text:?}")
    } else {
        let unit = unit.split(is_number).next().unwrap_or_default();
        format!("time: unknown unit {unit:?} in duration {text:?}")
    })
}

/// Reads a flag's duration; what is below nothing is over before it begins.
///
/// # Errors
/// In the words of `time.ParseDuration`.
pub(crate) fn parse_flag_duration(text: &str) -> Result<Duration, String> {
    match text.strip_prefix('-') {
        Some(rest) if !rest.starts_with('+') && GoDuration::parse(rest).is_some() => {
            Ok(Duration::ZERO)
        }
        _ => parse_duration(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_gos() {
        for (nanoseconds, text) in [
            (0, "0s"),
            (7, "7ns"),
            (1_500, "1.5µs"),
            (1_234_567, "1.234567ms"),
            (2_000_000, "2ms"),
            (1_000_000_000, "1s"),
            (62_500_000_000, "1m2.5s"),
            (3_600_000_000_000, "1h0m0s"),
        ] {
            assert_eq!(duration_text(Duration::from_nanos(nanoseconds)), text);
        }
    }

    #[test]
    fn flags_are_read_and_refused_as_by_go() {
        for (text, milliseconds) in [("0", 0), ("5s", 5_000), ("1m30s", 90_000), ("1.5s", 1_500)] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(milliseconds))
            );
        }
        for (text, message) in [
            ("", "time: invalid duration \"\""),
            ("abc", "time: invalid duration \"abc\""),
            ("-1s", "time: invalid duration \"-1s\""),
            ("5", "time: missing unit in duration \"5\""),
            ("5x", "time: unknown unit \"x\" in duration \"5x\""),
        ] {
            assert_eq!(parse_duration(text), Err(message.to_owned()));
        }
        assert_eq!(parse_flag_duration("-1m3s"), Ok(Duration::ZERO));
        assert_eq!(parse_flag_duration("3s"), Ok(Duration::from_secs(3)));
        for bad in ["-", "-x", "--1s", "-+1s", "-5"] {
            let message = parse_duration(bad).expect_err(bad);
            assert_eq!(parse_flag_duration(bad), Err(message));
        }
    }
}
