//! Conditions: `mod("key1") > "0"`.

use bytes::Bytes;
use quorate_api::etcdserverpb::Compare;
use quorate_api::etcdserverpb::compare::{CompareResult, CompareTarget, TargetUnion};

use crate::ctl::failure::{Exit, Failure};
use crate::go::{parse_int, quote, unquote};

/// Reads one.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse(line: &str) -> Result<Compare, Failure> {
    let wrong = |text: String| Failure::new(Exit::InvalidInput, text);
    let Some((target, rest)) = line.split_once('(') else {
        return Err(wrong(format!("malformed comparison: {line}")));
    };
    let parts = Parts::read(rest);
    let Some((key, operator, value)) = parts.whole() else {
        return Err(wrong(format!(
            "malformed comparison: {line}; got {target}({}) {} {}",
            quote(&parts.key.unwrap_or_default()),
            parts.operator.unwrap_or_default(),
            quote(&parts.value.unwrap_or_default()),
        )));
    };
    let (target, union) = target_of(line, target, value)?;
    let result = match operator {
        "=" => CompareResult::Equal,
        "!=" => CompareResult::NotEqual,
        ">" => CompareResult::Greater,
        "<" => CompareResult::Less,
        _ => {
            return Err(wrong(format!(
                "malformed comparison: {line} (unknown operator {operator})"
            )));
        }
    };
    Ok(Compare {
        result: result.into(),
        target: target.into(),
        key: Bytes::copy_from_slice(key),
        range_end: Bytes::new(),
        target_union: Some(union),
    })
}

fn target_of(
    line: &str,
    target: &str,
    value: &[u8],
) -> Result<(CompareTarget, TargetUnion), Failure> {
    let number = |radix| {
        let text = std::str::from_utf8(value).unwrap_or_default();
        parse_int(text, radix).map_err(|_| {
            let text = format!("invalid txn compare request: {line}");
            Failure::new(Exit::InvalidInput, text)
        })
    };
    Ok(match target {
        "ver" | "version" => (CompareTarget::Version, TargetUnion::Version(number(10)?)),
        "c" | "create" => (
            CompareTarget::Create,
            TargetUnion::CreateRevision(number(10)?),
        ),
        "m" | "mod" => (CompareTarget::Mod, TargetUnion::ModRevision(number(10)?)),
        "val" | "value" => (
            CompareTarget::Value,
            TargetUnion::Value(Bytes::copy_from_slice(value)),
        ),
        // As lease ids are written everywhere else. (etcdctl ends with a panic here.)
        "lease" => (CompareTarget::Lease, TargetUnion::Lease(number(16)?)),
        _ => {
            let text = format!("malformed comparison: {line} (unknown target {target})");
            return Err(Failure::new(Exit::InvalidInput, text));
        }
    })
}

/// What stands behind the bracket, as far as it could be read.
#[derive(Default)]
struct Parts<'a> {
    key: Option<Vec<u8>>,
    operator: Option<&'a str>,
    value: Option<Vec<u8>>,
}

impl<'a> Parts<'a> {
    /// Reads `"key") operator "value"`.
    fn read(text: &'a str) -> Self {
        let mut parts = Parts::default();
        let Ok((key, rest)) = unquote(text) else {
            return parts;
        };
        parts.key = Some(key);
        let Some(rest) = rest.strip_prefix(')') else {
            return parts;
        };
        let rest = rest.trim_start();
        let end = rest.find(|c: char| c.is_ascii_whitespace());
        let (operator, rest) = rest.split_at(end.unwrap_or(rest.len()));
        parts.operator = Some(operator).filter(|operator| !operator.is_empty());
        parts.value = unquote(rest.trim_start()).ok().map(|(value, _)| value);
        parts
    }

    fn whole(&self) -> Option<(&[u8], &'a str, &[u8])> {
        Some((self.key.as_deref()?, self.operator?, self.value.as_deref()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        let compare = parse(r#"mod("key1") > "0""#).expect("good");
        assert_eq!(compare.key, "key1");
        assert_eq!(compare.result(), CompareResult::Greater);
        assert_eq!(compare.target_union, Some(TargetUnion::ModRevision(0)));
        let compare = parse(r#"val("a\"b")   != "x > y" "#).expect("good");
        assert_eq!(compare.key, "a\"b");
        assert_eq!(compare.result(), CompareResult::NotEqual);
        let value = TargetUnion::Value(Bytes::from_static(b"x > y"));
        assert_eq!(compare.target_union, Some(value));
        let compare = parse(r#"lease("k") = "1f""#).expect("good");
        assert_eq!(compare.target_union, Some(TargetUnion::Lease(0x1f)));
    }

    #[test]
    fn what_is_no_condition_is_named() {
        for (line, message) in [
            ("mod", "malformed comparison: mod"),
            (
                "mod(key1) > 0",
                "malformed comparison: mod(key1) > 0; got mod(\"\")  \"\"",
            ),
            (
                r#"mod("k")>"0""#,
                r#"malformed comparison: mod("k")>"0"; got mod("k") >"0" """#,
            ),
            (
                r#"foo("k") > "0""#,
                r#"malformed comparison: foo("k") > "0" (unknown target foo)"#,
            ),
            (
                r#"mod("k") > "x""#,
                r#"invalid txn compare request: mod("k") > "x""#,
            ),
            (
                r#"mod("k") >= "1""#,
                r#"malformed comparison: mod("k") >= "1" (unknown operator >=)"#,
            ),
        ] {
            let failure = parse(line).expect_err(line);
            assert_eq!(failure.text.as_deref(), Some(message));
            assert_eq!(failure.code, 3);
        }
    }
}
