//! What the JSON library says of a history that it cannot read, in words for whoever wrote it.

/// The library's message, its place left out, in other words.
pub(super) fn in_words(message: &str) -> String {
    let said = message
        .rsplit_once(" at line ")
        .map_or(message, |(said, _)| said);
    let names: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    for (begin, kind) in [
        ("unknown field", "field"),
        ("unknown variant", "action or choice"),
    ] {
        if let (true, Some((wrong, known))) = (said.starts_with(begin), names.split_first()) {
            return unknown(kind, wrong, known);
        }
    }
    let name = names.first().copied().unwrap_or_default();
    if said.starts_with("missing field") {
        return format!("the field \"{name}\" is missing; write it");
    }
    if said.starts_with("duplicate field") {
        return format!("the field \"{name}\" is written twice; write it once");
    }
    let kinds = said
        .strip_prefix("invalid type: ")
        .or_else(|| said.strip_prefix("invalid value: "));
    if let Some((found, wanted)) = kinds.and_then(|kinds| kinds.rsplit_once(", expected ")) {
        let found = match found {
            "map" => "an object".to_owned(),
            "sequence" => "a list".to_owned(),
            "unit variant" => "a name alone".to_owned(),
            other => other.replace('`', ""),
        };
        return format!("here stands {found}; write {}", wanted_text(wanted));
    }
    let plain = match said {
        "no revision" => "this is no revision; write a number, \"newest\" or \"newest-3\"",
        "expected value" => "no value of the right kind stands here; write a text in quotes or {…}",
        "key must be a string" => "a field's name stands in quotes; write \"config\"",
        "trailing characters" => "something stands behind the history; end the text before it",
        _ if said.starts_with("EOF") => {
            "the text ends in the middle of the history; write the rest of it"
        }
        _ if said.starts_with("data did not match") => {
            "this is neither of what may stand here: a revision is 5, \"newest\" or \"newest-3\", \
             rules that are off are a list: [\"check-quorum\"]"
        }
        _ => return format!("this is no JSON: {}", said.replace('`', "\"")),
    };
    plain.to_owned()
}

fn unknown(kind: &str, wrong: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|name| (strsim::osa_distance(wrong, name), *name))
        .min()
        .filter(|(changes, _)| *changes <= 1 + wrong.len() / 4);
    match nearest {
        Some((_, near)) => format!("there is no {kind} \"{wrong}\"; did you mean \"{near}\"?"),
        None if known.is_empty() => format!("there is no {kind} \"{wrong}\"; leave it out"),
        None => format!(
            "there is no {kind} \"{wrong}\"; write one of: {}",
            known.join(", ")
        ),
    }
}

/// The name of a type, as what is to be written.
fn wanted_text(wanted: &str) -> String {
    match wanted {
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "unit" => "the name of the action alone: \"heal\"".to_owned(),
        "i64" => "a whole number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" => "a text in quotes".to_owned(),
        "a sequence" => "a list: […]".to_owned(),
        "struct History" => {
            "a history: {\"config\": {\"members\": 3}, \"actions\": […]}".to_owned()
        }
        "struct WorldConfig" => "a world's settings: {\"members\": 3, \"seed\": 42}".to_owned(),
        "struct PlannedAction" => {
            "an action and its place: {\"after_event\": 150, \"action\": \"heal\"}".to_owned()
        }
        "string or map" | "enum Action" | "enum Fault" | "enum Operation" => {
            "an action: \"heal\", or {\"crash\": {\"node\": 3}}".to_owned()
        }
        other if other.contains("variant") => "the action's fields: {\"node\": 3}".to_owned(),
        other => other.to_owned(),
    }
}
