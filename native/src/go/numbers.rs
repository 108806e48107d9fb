//! `strconv`: numbers and booleans from text, with Go's words for what is wrong.

use std::num::{IntErrorKind, ParseIntError};

/// Reads a signed number.
///
/// # Errors
/// In the words of `strconv.ParseInt`.
pub(crate) fn parse_int(text: &str, radix: u32) -> Result<i64, String> {
    i64::from_str_radix(text, radix).map_err(|error| failure("ParseInt", text, &error))
}

/// Reads a number that is not negative.
///
/// # Errors
/// In the words of `strconv.ParseUint`.
pub(crate) fn parse_uint(text: &str, radix: u32) -> Result<u64, String> {
    if text.starts_with('+') {
        return Err(syntax("ParseUint", text));
    }
    u64::from_str_radix(text, radix).map_err(|error| failure("ParseUint", text, &error))
}

/// Reads a flag's signed number: `10`, `-0x1f`, `0b11`, `0o17`, `017`, `1_000`.
///
/// # Errors
/// In the words of `strconv.ParseInt`.
pub(crate) fn parse_flag_int(text: &str) -> Result<i64, String> {
    let (sign, number) = match text.as_bytes().first() {
        Some(b'-' | b'+') => text.split_at(1),
        _ => ("", text),
    };
    let (digits, radix) = digits(number).ok_or_else(|| syntax("ParseInt", text))?;
    i64::from_str_radix(&format!("{sign}{digits}"), radix)
        .map_err(|error| failure("ParseInt", text, &error))
}

/// Reads a flag's number that is not negative, as [`parse_flag_int`].
///
/// # Errors
/// In the words of `strconv.ParseUint`.
pub(crate) fn parse_flag_uint(text: &str) -> Result<u64, String> {
    let (digits, radix) = digits(text).ok_or_else(|| syntax("ParseUint", text))?;
    u64::from_str_radix(&digits, radix).map_err(|error| failure("ParseUint", text, &error))
}

/// A number's digits alone, and their base, as its beginning tells it.
fn digits(number: &str) -> Option<(String, u32)> {
    let lower = number.to_ascii_lowercase();
    let (rest, radix, is_after_digit) = if let Some(rest) = lower.strip_prefix("0x") {
        (rest, 16, true)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (rest, 2, true)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (rest, 8, true)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (&lower[1..], 8, true)
    } else {
        (&lower[..], 10, false)
    };
    // What separates stands between two digits, or behind the base.
    let mut may_separate = is_after_digit;
    for letter in rest.chars() {
        match letter {
            '_' if may_separate => may_separate = false,
            _ if letter.is_ascii_alphanumeric() => may_separate = true,
            _ => return None,
        }
    }
    let digits = rest.replace('_', "");
    (!digits.is_empty() && !rest.ends_with('_')).then_some((digits, radix))
}

/// Reads a boolean flag's value.
///
/// # Errors
/// In the words of `strconv.ParseBool`.
pub(crate) fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(syntax("ParseBool", text)),
    }
}

fn failure(function: &str, text: &str, error: &ParseIntError) -> String {
    match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
            format!("strconv.{function}: parsing {text:?}: value out of range")
        }
        _ => syntax(function, text),
    }
}

fn syntax(function: &str, text: &str) -> String {
    format!("strconv.{function}: parsing {text:?}: invalid syntax")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_refused_in_gos_words() {
        assert_eq!(parse_int("694d5765fc71500b", 16), Ok(0x694d_5765_fc71_500b));
        assert_eq!(
            parse_int("zz", 16),
            Err("strconv.ParseInt: parsing \"zz\": invalid syntax".to_owned())
        );
        assert_eq!(
            parse_int("ffffffffffffffff", 16),
            Err("strconv.ParseInt: parsing \"ffffffffffffffff\": value out of range".to_owned())
        );
        assert_eq!(parse_uint("ffffffffffffffff", 16), Ok(u64::MAX));
        assert_eq!(
            parse_uint("+1", 16),
            Err("strconv.ParseUint: parsing \"+1\": invalid syntax".to_owned())
        );
        assert!(parse_bool("yes").is_err());
    }

    #[test]
    fn a_flags_number_tells_its_base() {
        for (text, number) in [
            ("0", 0),
            ("-3", -3),
            ("+7", 7),
            ("0x10", 16),
            ("-0X1f", -31),
            ("0b101", 5),
            ("0o17", 15),
            ("017", 15),
            ("1_000", 1_000),
            ("0x_ff", 255),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(parse_flag_int(text), Ok(number), "{text}");
        }
        for (text, reason) in [
            ("", "invalid syntax"),
            ("-", "invalid syntax"),
            ("--3", "invalid syntax"),
            ("0x", "invalid syntax"),
            ("08", "invalid syntax"),
            ("_1", "invalid syntax"),
            ("1__0", "invalid syntax"),
            ("1_", "invalid syntax"),
            ("1.5", "invalid syntax"),
            ("9223372036854775808", "value out of range"),
        ] {
            let message = format!("strconv.ParseInt: parsing {text:?}: {reason}");
            assert_eq!(parse_flag_int(text), Err(message));
        }
        assert_eq!(parse_flag_uint("0x10"), Ok(16));
        for (text, reason) in [
            ("-5", "invalid syntax"),
            ("+5", "invalid syntax"),
            ("99999999999999999999", "value out of range"),
        ] {
            let message = format!("strconv.ParseUint: parsing {text:?}: {reason}");
            assert_eq!(parse_flag_uint(text), Err(message));
        }
    }
}
