//! `humanize.Bytes`: sizes for people.

/// Powers of a thousand, one digit behind the point below ten: `20 kB`, `1.5 MB`.
pub(crate) fn humanized_bytes(bytes: u64) -> String {
    if bytes < 10 {
        return format!("{bytes} B");
    }
    let mut unit = 0;
    let mut divisor = 1u64;
    while unit + 1 < UNITS.len() && bytes / divisor >= 1_000 {
        divisor *= 1_000;
        unit += 1;
    }
    let value = (bytes as f64 / divisor as f64 * 10.0 + 0.5).floor() / 10.0;
    let name = UNITS[unit];
    if value < 10.0 {
        format!("{value:.1} {name}")
    } else {
        format!("{value:.0} {name}")
    }
}

const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_humanized_as_etcdctl_does() {
        for (bytes, text) in [
            (0, "0 B"),
            (9, "9 B"),
            (82, "82 B"),
            (20_480, "20 kB"),
            (1_536_000, "1.5 MB"),
            (9_949, "9.9 kB"),
            (2_147_483_648, "2.1 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(humanized_bytes(bytes), text);
        }
    }
}
