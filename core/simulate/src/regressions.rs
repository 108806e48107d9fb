//! Seeds that failed once, each with its story: they are run before any others.

use anyhow::{Context, Result};

/// A seed that failed once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regression {
    /// The seed.
    pub seed: u64,
    /// What was wrong.
    pub story: String,
}

/// All of them, as `core/simulate/regressions.txt` has them.
///
/// # Errors
/// The line that is none.
pub fn all() -> Result<Vec<Regression>> {
    parse(include_str!("../regressions.txt"))
}

/// Lines `SEED STORY`; one that begins with `#` is a comment.
fn parse(text: &str) -> Result<Vec<Regression>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let parts = line.split_once(' ').filter(|(_, story)| !story.is_empty());
            let regression = parts.and_then(|(seed, story)| {
                Some(Regression {
                    seed: seed.parse().ok()?,
                    story: story.to_owned(),
                })
            });
            regression.with_context(|| format!("regressions.txt: `{line}` is not `SEED STORY`"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_seed_has_a_story() {
        let all = all().expect("the file can be read");
        assert!(!all.is_empty());
        assert!(parse("12\n").is_err() && parse("x y\n").is_err());
        let one = parse("# head\n12 a story\n").expect("it can be read");
        assert_eq!((one[0].seed, one[0].story.as_str()), (12, "a story"));
    }
}
