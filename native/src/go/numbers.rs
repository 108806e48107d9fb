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
}
