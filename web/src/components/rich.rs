//! A sentence with its strong words.

use yew::prelude::*;

use crate::text::pieces;

/// The sentence as elements.
pub(crate) fn rich(text: &str) -> Html {
    pieces(text)
        .into_iter()
        .map(|(strong, piece)| {
            let piece = piece.to_owned();
            if strong {
                html! { <b>{ piece }</b> }
            } else {
                html! { { piece } }
            }
        })
        .collect()
}
