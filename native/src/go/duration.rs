//! Durations as Go writes and reads them: `100ms`, `1.5s`, `1h0m0s`.

use std::fmt;
use std::time::Duration;

/// A duration in Go's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GoDuration(pub(crate) Duration);

impl GoDuration {
    /// Reads one as Go's `time.ParseDuration`; what is below nothing is none of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('+').unwrap_or(text);
        if rest == "0" {
            return Some(Self(Duration::ZERO));
        }
        if rest.is_empty() {
            return None;
        }
        let mut sum_ns: u128 = 0;
        while !rest.is_empty() {
            let number_end = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .filter(|end| *end > 0)?;
            let (number, after) = rest.split_at(number_end);
            let unit_end = after
                .find(|c: char| c.is_ascii_digit() || c == '.')
                .unwrap_or(after.len());
            let (unit, after) = after.split_at(unit_end);
            sum_ns = sum_ns.checked_add(nanoseconds(number, unit)?)?;
            rest = after;
        }
        // Go's durations end where a signed number of 64 bits does.
        let sum_ns = i64::try_from(sum_ns).ok()?;
        Some(Self(Duration::from_nanos(sum_ns.unsigned_abs())))
    }
}

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ns = self.0.as_nanos();
        match ns {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{ns}ns"),
            1_000..1_000_000 => write!(f, "{}µs", decimal(ns, 1_000)),
            1_000_000..1_000_000_000 => write!(f, "{}ms", decimal(ns, 1_000_000)),
            _ => {
                let seconds = ns / SECOND_NS;
                let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
                if hours > 0 {
                    write!(f, "{hours}h")?;
                }
                if hours > 0 || minutes > 0 {
                    write!(f, "{minutes}m")?;
                }
                write!(f, "{}s", decimal(ns % (60 * SECOND_NS), SECOND_NS))
            }
        }
    }
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

fn nanoseconds(number: &str, unit: &str) -> Option<u128> {
    let unit_ns: u128 = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, ns)| *ns)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = |text: &str| match text {
        "" => Some(0),
        text => text.parse::<u128>().ok(),
    };
    let mut sum_ns = digits(whole)?.checked_mul(unit_ns)?;
    // More digits than this say nothing.
    let fraction = &fraction[..fraction.len().min(FRACTION_DIGITS_MAX)];
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    sum_ns += digits(fraction)? * unit_ns / scale;
    Some(sum_ns)
}

/// A number of units, without trailing zeros.
fn decimal(ns: u128, unit_ns: u128) -> String {
    let width = unit_ns.ilog10() as usize;
    let text = format!("{}.{:0width$}", ns / unit_ns, ns % unit_ns);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const SECOND_NS: u128 = 1_000_000_000;
/// Digits after the point that are looked at.
const FRACTION_DIGITS_MAX: usize = 18;
/// Go's units.
const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND_NS),
    ("m", 60 * SECOND_NS),
    ("h", 3_600 * SECOND_NS),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_writes_is_what_it_reads() {
        for (ns, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (1_234_567, "1.234567ms"),
            (62_500_000_000, "1m2.5s"),
            (2_200_000, "2.2ms"),
            (100_000_000, "100ms"),
            (1_000_000_000, "1s"),
            (1_050_000_000, "1.05s"),
            (60_000_000_000, "1m0s"),
            (3_600_000_000_000, "1h0m0s"),
            (5_445_000_000_001, "1h30m45.000000001s"),
        ] {
            let duration = GoDuration(Duration::from_nanos(ns));
            assert_eq!(duration.to_string(), text);
            assert_eq!(GoDuration::parse(text), Some(duration), "{text}");
        }
    }

    #[test]
    fn other_ways_to_say_it_are_read_too() {
        let read = |text| GoDuration::parse(text).map(|duration| duration.0.as_nanos());
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("+5s"), Some(5 * SECOND_NS));
        assert_eq!(read("1.5h"), Some(5_400 * SECOND_NS));
        assert_eq!(read(".5s"), Some(SECOND_NS / 2));
        assert_eq!(read("90m1s"), Some(5_401 * SECOND_NS));
        for bad in [
            "", "5", "s", "-1s", "1d", "1s2", "1..5s", ".s", "1 s", "9999999h",
        ] {
            assert_eq!(read(bad), None, "{bad}");
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
