//! Durations, shares and times of day as text.

use super::words::{Read, Word};

/// A duration, in microseconds: `8ms`, `1.5s`, `250us`, `2min`.
pub(super) fn duration_us(word: &Word, text: &str) -> Read<u64> {
    let wrong = || {
        word.wrong(format!(
            "\"{text}\" is no duration; write a number with its unit: 250us, 8ms, 1.5s, 2min"
        ))
    };
    let digits = text.trim_end_matches(|next: char| next.is_ascii_alphabetic());
    let unit_us = match &text[digits.len()..] {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "min" => 60_000_000,
        _ => return Err(wrong()),
    };
    scaled(digits, unit_us).ok_or_else(wrong)
}

/// A decimal number times a scale; nothing when that is no whole number.
fn scaled(digits: &str, scale: u64) -> Option<u64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 6 {
        return None;
    }
    let below = 10_u64.pow(u32::try_from(part.len()).ok()?);
    let part = part.parse::<u64>().ok()?.checked_mul(scale)?;
    if part % below != 0 {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    whole.checked_add(part / below)
}

/// A duration in the greatest unit in which it is whole.
pub(in crate::sim) fn duration_text(duration_us: u64) -> String {
    match duration_us {
        0 => "0ms".to_owned(),
        us if us % 1_000_000 == 0 => format!("{}s", us / 1_000_000),
        us if us % 1_000 == 0 => format!("{}ms", us / 1_000),
        us => format!("{us}us"),
    }
}

/// A span of durations: `8ms..24ms`.
pub(super) fn span_us(word: &Word, text: &str) -> Read<(u64, u64)> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    Ok((duration_us(word, least)?, duration_us(word, most)?))
}

/// A share of a thousand: `5%`, `0.1%`.
pub(super) fn per_mille(word: &Word, text: &str) -> Read<u32> {
    let digits = text.strip_suffix('%');
    let share = digits.and_then(|digits| scaled(digits, 10)?.try_into().ok());
    share.ok_or_else(|| {
        word.wrong(format!(
            "\"{text}\" is no share; write per cent with at most one decimal: 5%, 0.1%"
        ))
    })
}

/// A share of a thousand, in per cent.
pub(in crate::sim) fn per_cent_text(per_mille: u32) -> String {
    match per_mille % 10 {
        0 => format!("{}%", per_mille / 10),
        tenths => format!("{}.{tenths}%", per_mille / 10),
    }
}

/// A time of day, in microseconds since midnight: `19:04:07.868`.
pub(super) fn time_of_day_us(text: &str) -> Option<u64> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let hours: u64 = hours.parse().ok()?;
    let minutes: u64 = minutes.parse().ok()?;
    let seconds_us = scaled(seconds, 1_000_000)?;
    let is_good = parts.next().is_none() && hours < 24 && minutes < 60 && seconds_us < 60_000_000;
    is_good.then_some((hours * 60 + minutes) * 60_000_000 + seconds_us)
}

/// A time of day to the millisecond.
pub(super) fn time_of_day_text(at_us: u64) -> String {
    let at_ms = at_us / 1_000;
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        at_ms / 3_600_000 % 24,
        at_ms / 60_000 % 60,
        at_ms / 1_000 % 60,
        at_ms % 1_000
    )
}
