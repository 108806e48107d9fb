//! What a probe's query asks for.

/// Of `/health`, `/livez` and `/readyz`; each looks at what it knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ProbeQuery {
    /// What is not to be asked.
    pub(super) excluded: Vec<String>,
    /// Whether this member alone is asked.
    pub(super) serializable: bool,
    /// Whether what is good is told too.
    pub(super) verbose: bool,
}

impl ProbeQuery {
    /// Reads what stands behind the question mark.
    pub(super) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (key, value) in form_urlencoded::parse(text.as_bytes()) {
            match key.as_ref() {
                "exclude" => query.excluded.push(value.into_owned()),
                "serializable" => query.serializable = value == "true",
                "verbose" => query.verbose = true,
                _ => {}
            }
        }
        query
    }

    /// Whether something is not to be asked.
    pub(super) fn excludes(&self, name: &str) -> bool {
        self.excluded.iter().any(|excluded| excluded == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_excludes_as_often_as_it_likes() {
        let query = ProbeQuery::parse("exclude=NOSPACE&exclude=CORRUPT&serializable=true&x=1");
        assert_eq!(query.excluded, ["NOSPACE", "CORRUPT"]);
        assert!(query.excludes("CORRUPT") && !query.excludes("corrupt"));
        assert!(query.serializable && !query.verbose);
        assert!(ProbeQuery::parse("verbose").verbose);
        assert_eq!(ProbeQuery::parse(""), ProbeQuery::default());
    }
}
