//! One step of a lesson, with what it asks.

/// What a beat is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeatKind {
    /// Something that makes one wonder.
    Hook,
    /// What will happen? One tap, no penalty.
    Predict,
    /// The learner does it.
    Do,
    /// What is to be looked at.
    See,
    /// Why it is so, in 60 words at most.
    Explain,
    /// A question that what was shown answers.
    Check,
    /// One harder variation.
    Harder,
}

impl BeatKind {
    pub(super) const ALL: [(&'static str, BeatKind); 7] = [
        ("hook", BeatKind::Hook),
        ("predict", BeatKind::Predict),
        ("do", BeatKind::Do),
        ("see", BeatKind::See),
        ("explain", BeatKind::Explain),
        ("check", BeatKind::Check),
        ("harder", BeatKind::Harder),
    ];

    /// Its name, as headings have it.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, kind)| *kind == self)
            .map_or("", |found| found.0)
    }
}

/// One step of a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// What it is for.
    pub kind: BeatKind,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
    /// What can be answered, if it asks.
    pub answers: Vec<Answer>,
    /// Where more stands: the paper's section, the source.
    pub sources: Vec<Source>,
}

/// One answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub text: String,
    /// What is said to whoever chose it.
    pub reply: String,
    /// Whether it is right.
    pub is_right: bool,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub url: String,
}
