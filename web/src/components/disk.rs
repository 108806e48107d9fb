//! The files on the selected member's disk.

use quorate_core::sim::FileFrame;
use yew::prelude::*;

use super::View;
use crate::text::Words;

/// The files.
pub(crate) fn disk(view: &View<'_>) -> Html {
    let words = view.words();
    let mut members = view.frame().members.iter();
    let Some(member) = members.find(|member| member.node == view.state.selected) else {
        return html! {};
    };
    html! {
        <table class="notes files">
            <caption>{ format!("{} · {}", words.files, member.node) }</caption>
            <tbody>{ for member.files.iter().map(|file| self::file(words, file)) }</tbody>
        </table>
    }
}

fn file(words: &Words, file: &FileFrame) -> Html {
    let unsynced = file.length_bytes.saturating_sub(file.durable_bytes);
    let state = if unsynced == 0 {
        words.all_durable.to_owned()
    } else {
        format!("{unsynced} {}", words.unsynced)
    };
    let name = file
        .path
        .rsplit('/')
        .next()
        .unwrap_or(&file.path)
        .to_owned();
    let share = 100 * file.durable_bytes / file.length_bytes.max(1);
    html! {
        <tr>
            <th scope="row" title={file.path.clone()}><code>{ name }</code></th>
            <td>{ format!("{} {}", file.length_bytes, words.bytes) }</td>
            <td>
                <span class="durable" aria-hidden="true">
                    <i style={format!("width:{share}%")}></i>
                </span>
                { state }
            </td>
        </tr>
    }
}
