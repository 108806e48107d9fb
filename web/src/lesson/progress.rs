//! What has been done, as it is kept: a line a lesson.

use std::collections::BTreeMap;

/// What has been done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    done: BTreeMap<String, Done>,
}

/// How far a lesson has been done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    /// In how few steps its goals were met, if they were.
    pub(crate) steps: Option<u32>,
    /// In how few steps those of the harder variation were.
    pub(crate) harder_steps: Option<u32>,
}

impl Progress {
    /// Reads what was kept: `kill-the-leader 3 2`, `-` for what was not done. Other lines are
    /// passed over.
    pub(crate) fn read(text: &str) -> Self {
        let mut progress = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let (Some(id), Some(steps)) = (words.next(), words.next()) else {
                continue;
            };
            let is_id = id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let steps = (steps.parse().ok(), words.next());
            if is_id {
                progress.note(id, false, steps.0);
                progress.note(id, true, steps.1.and_then(|word| word.parse().ok()));
            }
        }
        progress
    }

    /// What is kept, and exported.
    pub(crate) fn write(&self) -> String {
        let number = |steps: Option<u32>| steps.map_or("-".to_owned(), |steps| steps.to_string());
        let lines = self.done.iter().map(|(id, done)| {
            format!(
                "{id} {} {}\n",
                number(done.steps),
                number(done.harder_steps)
            )
        });
        lines.collect()
    }

    /// How far a lesson has been done.
    pub(crate) fn of(&self, id: &str) -> Done {
        self.done.get(id).copied().unwrap_or_default()
    }

    /// Notes that goals were met, in so many steps. The fewest are kept.
    pub(crate) fn note(&mut self, id: &str, is_harder: bool, steps: Option<u32>) {
        let Some(steps) = steps else { return };
        let done = self.done.entry(id.to_owned()).or_default();
        let best = if is_harder {
            &mut done.harder_steps
        } else {
            &mut done.steps
        };
        *best = Some(best.map_or(steps, |before| before.min(steps)));
    }

    /// Takes in what was done elsewhere.
    pub(crate) fn join(&mut self, other: &Progress) {
        for (id, done) in &other.done {
            self.note(id, false, done.steps);
            self.note(id, true, done.harder_steps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let mut progress = Progress::default();
        progress.note("kill-the-leader", false, Some(5));
        progress.note("kill-the-leader", false, Some(3));
        progress.note("kill-the-leader", true, Some(4));
        progress.note("one-write", true, Some(2));
        let text = progress.write();
        assert_eq!(text, "kill-the-leader 3 4\none-write - 2\n");
        assert_eq!(Progress::read(&text), progress);
    }

    #[test]
    fn what_is_no_progress_is_passed_over() {
        assert_eq!(
            Progress::read("<html>\n\nx\na/b 1 1\n"),
            Progress::default()
        );
    }

    #[test]
    fn the_fewest_steps_are_kept_of_two() {
        let mut one = Progress::read("one-write 4 -\n");
        one.join(&Progress::read("one-write 1 -\nfirst-leader 0 2\n"));
        assert_eq!(one.write(), "first-leader 0 2\none-write 1 -\n");
    }
}
