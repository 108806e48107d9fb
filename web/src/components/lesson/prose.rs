//! A lesson's text with what is strong, slanted or code in it.

use yew::prelude::*;

/// The text as elements: `**strong**`, `*slanted*`, and code between backticks.
pub(super) fn prose(text: &str) -> Html {
    pieces(text)
        .into_iter()
        .map(|(mark, piece)| {
            let piece = piece.to_owned();
            match mark {
                Mark::None => html! { { piece } },
                Mark::Strong => html! { <b>{ piece }</b> },
                Mark::Slanted => html! { <i>{ piece }</i> },
                Mark::Code => html! { <code>{ piece }</code> },
            }
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    None,
    Strong,
    Slanted,
    Code,
}

fn pieces(text: &str) -> Vec<(Mark, &str)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '`']) {
        let (mark, sign) = match &rest[at..] {
            from if from.starts_with("**") => (Mark::Strong, "**"),
            from if from.starts_with('`') => (Mark::Code, "`"),
            _ => (Mark::Slanted, "*"),
        };
        let inside = &rest[at + sign.len()..];
        let Some(end) = inside.find(sign) else {
            break;
        };
        pieces.push((Mark::None, &rest[..at]));
        pieces.push((mark, &inside[..end]));
        rest = &inside[end + sign.len()..];
    }
    pieces.push((Mark::None, rest));
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off() {
        let text = "**n1** says `put x=1`, *in hex*: 2 * 3";
        let found = [
            (Mark::Strong, "n1"),
            (Mark::None, " says "),
            (Mark::Code, "put x=1"),
            (Mark::None, ", "),
            (Mark::Slanted, "in hex"),
            (Mark::None, ": 2 * 3"),
        ];
        assert_eq!(pieces(text), found);
    }
}
